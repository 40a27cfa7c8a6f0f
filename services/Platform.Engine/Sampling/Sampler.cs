using System.Numerics;

namespace Platform.Engine;

/// <summary>Chooses the next token from a row of logits, as <see cref="SamplingParameters"/> describes. A pure function of its arguments;
/// the instance only owns
/// scratch memory, so it belongs to one thread at a time.</summary>
internal sealed class Sampler
{
    private const int WordBits = 64;

    private readonly int _sampleableIds;
    private readonly float[] _adjusted;
    private readonly BorderSearch _borders;
    private readonly NoiseLanes _noise = new();

    /// <param name="sampleableIds">Ids at or above this are padding rows of the vocabulary and are never chosen.</param>
    public Sampler(int sampleableIds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleableIds, 1);
        _sampleableIds = sampleableIds;
        _adjusted = new float[sampleableIds];
        _borders = new BorderSearch(sampleableIds);
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
        var best = LogitScan.Highest(row, out var finite);
        if (!finite)
            throw new SequenceFailedException("The model returned a logit that is no finite number at this position; its weights or state are damaged.");
        if (constraint.ForcedToken is { } forced)
            return RequireSampleable(forced);

        if (sampling.UsesCounts || sampling.LogitBias.Count > 0 || constraint.AllowedMask is not null)
        {
            Adjust(row, sampling, counts, constraint.AllowedMask);
            row = _adjusted;
            best = LogitScan.Highest(row);
            if (float.IsNegativeInfinity(row[best]))
                throw new SequenceFailedException("The token constraint allows none of the model's tokens at this position.");
        }

        return sampling.IsGreedy || sampling.TopK == 1 ? best : Draw(row, best, sampling, key);
    }

    private int Draw(ReadOnlySpan<float> row, int best, SamplingParameters sampling, in NoiseKey key)
    {
        var border = RankBorder.None;
        if (sampling.TopK > 0 && sampling.TopK < _sampleableIds)
        {
            border = _borders.ByCount(row, row[best], sampling.TopK);
            if (sampling.TopK <= BorderSearch.MaxHeap)
                return DrawFromFew(row, best, border, sampling, key);
        }

        if (sampling.TopP < 1)
        {
            if (border != RankBorder.None)
                row = Without(row, border);
            border = _borders.ByShare(row, row[best], sampling.Temperature, sampling.TopP);
        }

        var race = new Race(row, best, border, sampling, key);
        race.RunAll(_noise);
        return race.Winner;
    }

    private int DrawFromFew(ReadOnlySpan<float> row, int best, RankBorder border, SamplingParameters sampling, in NoiseKey key)
    {
        if (sampling.TopP < 1)
            border = _borders.ByShareOfHeap(row, row[best], sampling.Temperature, sampling.TopP, sampling.TopK);
        var race = new Race(row, best, border, sampling, key);
        foreach (var id in _borders.Heap(sampling.TopK))
            race.Try(id);
        return race.Winner;
    }

    /// <summary>The row in scratch memory, with negative infinity for what ranks below the border.</summary>
    private float[] Without(ReadOnlySpan<float> row, in RankBorder border)
    {
        for (var id = 0; id < row.Length; id++)
            _adjusted[id] = border.Keeps(row[id], id) ? row[id] : float.NegativeInfinity;
        return _adjusted;
    }

    private void Adjust(ReadOnlySpan<float> row, SamplingParameters sampling, TokenCounts counts, ulong[]? mask)
    {
        row.CopyTo(_adjusted);
        if (sampling.UsesCounts)
            counts.Penalise(_adjusted);
        AddBias(sampling.LogitBias);
        if (mask is not null)
            Forbid(mask);
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
        for (var first = 0; first < _sampleableIds; first += WordBits)
        {
            var word = first / WordBits < mask.Length ? mask[first / WordBits] : 0;
            var ids = _adjusted.AsSpan(first, Math.Min(WordBits, _sampleableIds - first));
            if (word == 0)
            {
                ids.Fill(float.NegativeInfinity);
                continue;
            }

            for (var forbidden = ~word; forbidden != 0; forbidden &= forbidden - 1)
            {
                if (BitOperations.TrailingZeroCount(forbidden) is var bit && bit < ids.Length)
                    ids[bit] = float.NegativeInfinity;
            }
        }
    }

    private int RequireSampleable(int forced)
    {
        if (forced >= _sampleableIds)
            throw new SequenceFailedException(
                $"The token constraint forces id {forced}, but only ids below {_sampleableIds} mean something in this model's vocabulary.");
        return forced;
    }
}
