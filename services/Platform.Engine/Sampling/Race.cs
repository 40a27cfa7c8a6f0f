using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Platform.Kernels;

namespace Platform.Engine;

/// <summary>An exponential race: each candidate's clock rings after -ln(u) / weight, and the first one wins with probability weight / total.
/// Unlike a draw from the cumulative distribution, a candidate's noise does not depend on the others.</summary>
/// <remarks>Exact, but lazily: the winner is the one that plain evaluation of every clock would name, because a clock is skipped only where a
/// bound with a margin far above rounding shows that it rings too late. Equal rings go to the lower id.</remarks>
internal ref struct Race
{
    // What a candidate's weight in float32 may differ from the exact one, and much more.
    private const double Margin = 1 + 2e-4;
    private const int FewLanes = 3;

    private readonly ReadOnlySpan<float> _row;
    private readonly RankBorder _border;
    private readonly NoiseKey _key;
    private readonly float _temperature;
    private readonly float _top;
    private readonly double _minWeight;
    private double _earliest = double.PositiveInfinity;

    /// <param name="row">Logits over all ids.</param>
    /// <param name="best">The id of the highest.</param>
    /// <param name="border">The last candidate by rank.</param>
    /// <param name="sampling">Temperature and min-p.</param>
    /// <param name="key">The source of randomness.</param>
    public Race(ReadOnlySpan<float> row, int best, in RankBorder border, SamplingParameters sampling, in NoiseKey key)
    {
        _row = row;
        _border = border;
        _key = key;
        _temperature = sampling.Temperature;
        _top = row[best] / _temperature;
        _minWeight = sampling.MinP;
        Try(best);      // always a candidate, and usually rings early, which spares most of the others
    }

    /// <summary>Who rang first so far.</summary>
    public int Winner { get; private set; } = -1;

    /// <summary>Lets every candidate of the row take part.</summary>
    public void RunAll(NoiseLanes noise)
    {
        noise.Start(_key);
        var floor = Vector512.Create(Floor());
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(_row);
        for (var i = 0; i < vectors.Length; i++)
        {
            var bits = Vector512.GreaterThanOrEqual(vectors[i], floor).ExtractMostSignificantBits();
            if (bits == 0)
                continue;
            var first = i * Vector512<float>.Count;
            if (BitOperations.PopCount(bits) > FewLanes)
                bits &= InTime(vectors[i], first, noise);
            for (; bits != 0; bits &= bits - 1)
                Try(first + BitOperations.TrailingZeroCount(bits));
        }

        for (var id = vectors.Length * Vector512<float>.Count; id < _row.Length; id++)
            Try(id);
    }

    /// <summary>Lets one id take part, if it is a candidate.</summary>
    public void Try(int id)
    {
        var logit = _row[id];
        if (!_border.Keeps(logit, id))
            return;
        var weight = SamplerMath.Exp(logit / _temperature - (double)_top);
        if (weight == 0 || weight < _minWeight)
            return;
        var u = KeyedNoise.Uniform(_key, id);
        // -ln(u) is at least 1 - u, so most candidates are out without a logarithm.
        if ((1 - u) * (1 - 1e-12) > _earliest * weight)
            return;
        var ring = -SamplerMath.Log(u) / weight;
        if (ring < _earliest || (ring == _earliest && id < Winner))
            (_earliest, Winner) = (ring, id);
    }

    /// <summary>A bit for each of 16 ids whose clock may ring before the earliest so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong InTime(Vector512<float> logits, int first, NoiseLanes noise)
    {
        noise.Complements(first, out var low, out var high);
        var weights = ElementaryFunctions.Exp(logits / Vector512.Create(_temperature) - Vector512.Create(_top));
        var (lowWeights, highWeights) = Vector512.Widen(weights);
        var limit = Vector512.Create(_earliest * Margin);
        return Vector512.LessThanOrEqual(low, lowWeights * limit).ExtractMostSignificantBits()
            | Vector512.LessThanOrEqual(high, highWeights * limit).ExtractMostSignificantBits() << Vector512<double>.Count;
    }

    /// <summary>A logit below which no candidate can win: outside the border, below min-p, or so light that no noise is small enough
    /// (the smallest -ln(u) is 2^-53).</summary>
    private readonly float Floor()
    {
        var lightest = Math.Max(_minWeight, 1.0 / (1UL << 54) / _earliest);
        var depth = -SamplerMath.Log(lightest);
        var slack = 1e-6 * (Math.Abs((double)_top) + depth) + 1e-6;
        return Math.Max(_border.Logit, (float)((_top - depth - slack) * _temperature));
    }
}
