namespace Platform.Engine;

/// <summary>Log-probabilities of raw logits over the sampleable ids, in double precision, summed in id order.</summary>
internal static class Logprobs
{
    /// <summary>The logarithm of the sum of exp(logit); subtract it from a logit to get its log-probability.</summary>
    public static double Normaliser(ReadOnlySpan<float> logits)
    {
        var highest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            if (logit > highest)
                highest = logit;
        }

        var sum = 0.0;
        Span<double> block = stackalloc double[512];
        for (; logits.Length > 0; logits = logits[Math.Min(block.Length, logits.Length)..])
        {
            var now = logits[..Math.Min(block.Length, logits.Length)];
            SamplerMath.Exp(now, highest, block);
            foreach (var weight in block[..now.Length])
                sum += weight;
        }

        return highest + SamplerMath.Log(sum);
    }

    /// <summary>The most probable ids, best first, ties to the lower id.</summary>
    public static TopLogprob[] Top(ReadOnlySpan<float> logits, double normaliser, int count)
    {
        count = Math.Min(count, logits.Length);
        Span<int> ids = stackalloc int[count];
        TopSelection.Select(logits, ids);
        var top = new TopLogprob[count];
        for (var i = 0; i < count; i++)
            top[i] = new TopLogprob(ids[i], (float)(logits[ids[i]] - normaliser));
        SortByRank(top, logits);
        return top;
    }

    private static void SortByRank(TopLogprob[] top, ReadOnlySpan<float> logits)
    {
        for (var i = 1; i < top.Length; i++)
        {
            for (var j = i; j > 0 && RanksAbove(logits, top[j].Token, top[j - 1].Token); j--)
                (top[j], top[j - 1]) = (top[j - 1], top[j]);
        }
    }

    private static bool RanksAbove(ReadOnlySpan<float> logits, int a, int b) => logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}
