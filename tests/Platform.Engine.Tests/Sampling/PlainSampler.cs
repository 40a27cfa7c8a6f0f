namespace Platform.Engine.Tests;

/// <summary>The sampler's rules written down plainly, with full sorts: which ids may be drawn and with what probability.</summary>
internal static class PlainSampler
{
    public static Dictionary<int, double> Distribution(
        float[] logits, int sampleable, SamplingParameters sampling, int[] prompt, int[] generated, Func<int, bool>? allowed = null)
    {
        var row = logits[..sampleable];
        foreach (var id in prompt.Concat(generated).Distinct().Where(id => id < sampleable))
            row[id] = row[id] > 0 ? row[id] / sampling.RepetitionPenalty : row[id] * sampling.RepetitionPenalty;
        foreach (var group in generated.Where(id => id < sampleable).GroupBy(id => id))
        {
            row[group.Key] -= sampling.FrequencyPenalty * group.Count();
            row[group.Key] -= sampling.PresencePenalty;
        }

        foreach (var (id, bias) in sampling.LogitBias.Where(pair => pair.Key < sampleable))
            row[id] += bias;

        var ranked = Enumerable.Range(0, sampleable)
            .Where(id => allowed is null || allowed(id))
            .OrderByDescending(id => row[id]).ThenBy(id => id).ToList();
        if (sampling.IsGreedy)
            return new() { [ranked[0]] = 1 };
        if (sampling.TopK > 0)
            ranked = ranked.Take(sampling.TopK).ToList();
        var weights = ranked.Select(id => Math.Exp((double)(row[id] / sampling.Temperature) - (row[ranked[0]] / sampling.Temperature))).ToList();

        var kept = new Dictionary<int, double>();
        var reached = 0.0;
        for (var i = 0; i < ranked.Count && (sampling.TopP == 1 || reached < sampling.TopP * weights.Sum()); i++)
        {
            reached += weights[i];
            if (weights[i] >= sampling.MinP)
                kept[ranked[i]] = weights[i];
        }

        var total = kept.Values.Sum();
        return kept.ToDictionary(pair => pair.Key, pair => pair.Value / total);
    }
}
