using System.Numerics;

namespace Platform.Engine;

/// <summary>The sampler in its plain form: every step over the whole row, one value at a time. What the fast one is tested and measured
/// against.</summary>
internal sealed class SortingSampler
{
    private readonly int _sampleableIds;
    private readonly float[] _adjusted;
    private readonly int[] _candidates;
    private readonly float[] _tempered;
    private readonly double[] _weights;
    private readonly BucketNucleus _nucleus;

    /// <param name="sampleableIds">Ids at or above this are padding rows of the vocabulary and are never chosen.</param>
    public SortingSampler(int sampleableIds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleableIds, 1);
        _sampleableIds = sampleableIds;
        _adjusted = new float[sampleableIds];
        _candidates = new int[sampleableIds];
        _tempered = new float[sampleableIds];
        _weights = new double[sampleableIds];
        _nucleus = new BucketNucleus(sampleableIds);
    }

    /// <summary>The next token.</summary>
    /// <param name="logits">The raw row, at least as long as the number of sampleable ids; not changed.</param>
    /// <param name="sampling">How to draw.</param>
    /// <param name="counts">What the sequence has seen.</param>
    /// <param name="constraint">What the sequence may say.</param>
    /// <param name="key">The source of randomness.</param>
    /// <exception cref="SequenceFailedException">A logit is not finite, or the constraint leaves no token.</exception>
    public int Choose(
        ReadOnlySpan<float> logits, SamplingParameters sampling, TokenCounts counts, in TokenConstraint constraint, in NoiseKey key)
    {
        var row = logits[.._sampleableIds];
        RequireFinite(row);
        if (constraint.ForcedToken is { } forced)
            return RequireSampleable(forced);

        row.CopyTo(_adjusted);
        if (sampling.UsesCounts)
            counts.Penalise(_adjusted);
        AddBias(sampling.LogitBias);
        if (constraint.AllowedMask is { } mask)
            Forbid(mask);

        var best = Best(_adjusted);
        if (float.IsNegativeInfinity(_adjusted[best]))
            throw new SequenceFailedException("The token constraint allows none of the model's tokens at this position.");
        return sampling.IsGreedy || sampling.TopK == 1 ? best : Draw(sampling, key, _adjusted[best]);
    }

    private int Draw(SamplingParameters sampling, in NoiseKey key, float highest)
    {
        var count = TakeCandidates(sampling.TopK);
        var top = highest / sampling.Temperature;
        for (var i = 0; i < count; i++)
            _tempered[i] = _adjusted[_candidates[i]] / sampling.Temperature;
        SamplerMath.Exp(_tempered.AsSpan(0, count), top, _weights);

        if (sampling.TopP < 1)
            _nucleus.Keep(_tempered, _weights, count, top, sampling.TopP);
        return Race(key, count, sampling.MinP);
    }

    /// <summary>Fills the candidates in id order and returns their number.</summary>
    private int TakeCandidates(int topK)
    {
        if (topK > 0 && topK < _sampleableIds)
        {
            var chosen = _candidates.AsSpan(0, topK);
            TopSelection.Select(_adjusted, chosen);
            chosen.Sort();
            return topK;
        }

        for (var id = 0; id < _sampleableIds; id++)
            _candidates[id] = id;
        return _sampleableIds;
    }

    /// <summary>An exponential race: each candidate's clock rings after -ln(u) / weight, and the first one wins with probability weight / total.
    /// Unlike a draw from the cumulative distribution, a candidate's noise does not depend on the others.</summary>
    private int Race(in NoiseKey key, int count, double minWeight)
    {
        var winner = -1;
        var earliest = double.PositiveInfinity;
        for (var i = 0; i < count; i++)
        {
            var weight = _weights[i];
            if (weight == 0 || weight < minWeight)
                continue;
            var u = KeyedNoise.Uniform(key, _candidates[i]);
            // -ln(u) is at least 1 - u, so most candidates are out without a logarithm; the margin is far above rounding.
            if ((1 - u) * (1 - 1e-12) > earliest * weight)
                continue;
            var ring = -SamplerMath.Log(u) / weight;
            if (ring < earliest)
                (earliest, winner) = (ring, _candidates[i]);
        }

        return winner;
    }

    private void AddBias(IReadOnlyDictionary<int, float> bias)
    {
        if (bias.Count == 0)
            return;
        foreach (var (id, value) in bias)
        {
            if (id < _sampleableIds)
                _adjusted[id] += value;
        }
    }

    private void Forbid(ulong[] mask)
    {
        for (var id = 0; id < _sampleableIds; id++)
        {
            var word = id >> 6;
            if (word >= mask.Length || (mask[word] >> (id & 63) & 1) == 0)
                _adjusted[id] = float.NegativeInfinity;
        }
    }

    private int RequireSampleable(int forced)
    {
        if (forced >= _sampleableIds)
            throw new SequenceFailedException(
                $"The token constraint forces id {forced}, but only ids below {_sampleableIds} mean something in this model's vocabulary.");
        return forced;
    }

    private static int Best(ReadOnlySpan<float> row)
    {
        Span<int> best = stackalloc int[1];
        TopSelection.Select(row, best);
        return best[0];
    }

    private static void RequireFinite(ReadOnlySpan<float> row)
    {
        // x - x is 0 for finite numbers and NaN for all others; the sum of zeros in any order is exact.
        var lanes = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            var values = new Vector<float>(row[i..]);
            lanes += values - values;
        }

        var sum = Vector.Sum(lanes);
        for (; i < row.Length; i++)
            sum += row[i] - row[i];
        if (sum != 0)
            throw new SequenceFailedException("The model returned a logit that is no finite number at this position; its weights or state are damaged.");
    }
}
