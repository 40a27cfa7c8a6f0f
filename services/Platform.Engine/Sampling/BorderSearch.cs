using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Platform.Engine;

/// <summary>Finds the last candidate, by rank, that top-k or top-p keeps, without sorting the row.</summary>
/// <remarks>A pass over the row says between which two of a few bounds the border lies; only the candidates between them are looked at one by
/// one. A row so flat that they are many gets further passes with bounds closer together. The sum above the bounds is good to a millionth of
/// the total (<see cref="RankSums"/>), so the border of top-p is too. The instance owns scratch memory and belongs to one thread at a time.</remarks>
internal sealed class BorderSearch(int capacity)
{
    /// <summary>Up to this count top-k keeps a heap instead.</summary>
    public const int MaxHeap = 256;

    private const int MaxPasses = 6;
    private const int FewCandidates = 16_384;
    private const int WorthSorting = 48;

    // In temperatures below the highest logit; most rows' nucleus ends within the first three.
    private static readonly float[] FirstDepths = [1.5f, 3, 5, 7, 9, 12];
    private static readonly float[] DeepSteps = [4, 12, 28, 60, 124, 252];

    private readonly ulong[] _keys = new ulong[capacity];
    private readonly double[] _weights = new double[capacity];
    private readonly int[] _heap = new int[MaxHeap];

    /// <summary>The last of the k best candidates.</summary>
    /// <param name="row">Logits; negative infinity ranks last.</param>
    /// <param name="highest">The highest of them.</param>
    /// <param name="count">k, at least 1 and less than the row's length.</param>
    public RankBorder ByCount(ReadOnlySpan<float> row, float highest, int count)
    {
        if (count > MaxHeap)
            return Search(row, new CountMeasure(), highest, 1, count, 0);
        var heap = _heap.AsSpan(0, count);
        TopSelection.Select(row, heap);
        return new RankBorder(row[heap[0]], heap[0]);
    }

    /// <summary>The last of the fewest best candidates whose weight reaches a share of the total.</summary>
    /// <param name="row">Logits; negative infinity weighs nothing.</param>
    /// <param name="highest">The highest of them.</param>
    /// <param name="temperature">Divides them.</param>
    /// <param name="share">In (0, 1).</param>
    public RankBorder ByShare(ReadOnlySpan<float> row, float highest, float temperature, float share) =>
        Search(row, new WeightMeasure(temperature, highest / temperature), highest, temperature, 0, share);

    /// <summary>The same among the <paramref name="count"/> candidates that the last <see cref="ByCount"/> with at most <see cref="MaxHeap"/> found.</summary>
    public RankBorder ByShareOfHeap(ReadOnlySpan<float> row, float highest, float temperature, float share, int count)
    {
        for (var i = 0; i < count; i++)
            _keys[i] = RankBorder.Key(row[_heap[i]], _heap[i]);
        _keys.AsSpan(0, count).Sort();
        Weigh(row, new WeightMeasure(temperature, highest / temperature), count);
        var total = 0.0;
        foreach (var weight in _weights.AsSpan(0, count))
            total += weight;
        return Walk(row, 0, count, 0, total * share);
    }

    /// <summary>The ids that the last <see cref="ByCount"/> with at most <see cref="MaxHeap"/> found, in no particular order.</summary>
    public ReadOnlySpan<int> Heap(int count) => _heap.AsSpan(0, count);

    private RankBorder Search<TMeasure>(ReadOnlySpan<float> row, TMeasure measure, float highest, float unit, double target, float share)
        where TMeasure : struct, IRankMeasure
    {
        var (low, high, above) = (float.NegativeInfinity, float.PositiveInfinity, 0.0);
        Span<float> bounds = stackalloc float[RankSums.Bounds];
        Span<double> sums = stackalloc double[RankSums.Bounds];
        for (var i = 0; i < bounds.Length; i++)
            bounds[i] = highest - FirstDepths[i] * unit;

        for (var pass = 1; ; pass++)
        {
            var total = RankSums.Add(row, measure, bounds, sums);
            if (share > 0 && pass == 1)
                target = total * share;
            var j = 0;
            while (j < bounds.Length && sums[j] < target)
                j++;
            if (j > 0)
                (high, above) = (bounds[j - 1], sums[j - 1]);
            if (j < bounds.Length)
                low = bounds[j];

            var count = Collect(row, low, high, pass < MaxPasses ? FewCandidates : int.MaxValue);
            if (count >= 0)
                return Settle(row, measure, count, above, target);
            Narrow(bounds, low, high, highest, unit);
        }
    }

    /// <summary>Bounds for the next pass, from high to low.</summary>
    private static void Narrow(Span<float> bounds, float low, float high, float highest, float unit)
    {
        high = Math.Min(high, highest);
        for (var i = 0; i < bounds.Length; i++)
        {
            var part = (i + 1f) / (bounds.Length + 1);
            bounds[i] = float.IsNegativeInfinity(low) ? high - DeepSteps[i] * unit : high * (1 - part) + low * part;
        }
    }

    /// <summary>Writes the keys of the candidates from <paramref name="low"/> to below <paramref name="high"/>, in id order.</summary>
    /// <returns>Their number, or -1 when they are more than <paramref name="limit"/>.</returns>
    private int Collect(ReadOnlySpan<float> row, float low, float high, int limit)
    {
        var count = 0;
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(row);
        var (wideLow, wideHigh) = (Vector512.Create(low), Vector512.Create(high));
        for (var i = 0; i < vectors.Length; i++)
        {
            var inside = Vector512.GreaterThanOrEqual(vectors[i], wideLow) & Vector512.LessThan(vectors[i], wideHigh);
            for (var bits = inside.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                var id = i * Vector512<float>.Count + System.Numerics.BitOperations.TrailingZeroCount(bits);
                _keys[count++] = RankBorder.Key(row[id], id);
            }

            if (count > limit)
                return -1;
        }

        for (var id = vectors.Length * Vector512<float>.Count; id < row.Length; id++)
        {
            if (row[id] >= low && row[id] < high)
                _keys[count++] = RankBorder.Key(row[id], id);
        }

        return count;
    }

    /// <summary>Finds the border among the collected candidates: halves them by a pivot until few are left, sorts those and walks them.</summary>
    private RankBorder Settle<TMeasure>(ReadOnlySpan<float> row, TMeasure measure, int count, double above, double target)
        where TMeasure : struct, IRankMeasure
    {
        Weigh(row, measure, count);
        var (first, end) = (0, count);
        while (end - first > WorthSorting)
        {
            var middle = Partition(first, end);
            var upper = 0.0;
            for (var i = first; i < middle; i++)
                upper += _weights[i];
            if (above + upper >= target)
                end = middle;
            else
                (first, above) = (middle, above + upper);
        }

        _keys.AsSpan(first, end - first).Sort(_weights.AsSpan(first, end - first));
        return Walk(row, first, end, above, target);
    }

    private RankBorder Walk(ReadOnlySpan<float> row, int first, int end, double reached, double target)
    {
        for (var i = first; i < end; i++)
        {
            reached += _weights[i];
            // Rounding may leave the target a little above the sum of all; the last one then ends it.
            if (reached >= target || i == end - 1)
            {
                var id = RankBorder.IdOf(_keys[i]);
                return new RankBorder(row[id], id);
            }
        }

        return RankBorder.None;
    }

    private void Weigh<TMeasure>(ReadOnlySpan<float> row, TMeasure measure, int count)
        where TMeasure : struct, IRankMeasure
    {
        Span<float> logits = stackalloc float[256];
        for (var start = 0; start < count; start += logits.Length)
        {
            var now = Math.Min(logits.Length, count - start);
            for (var i = 0; i < now; i++)
                logits[i] = row[RankBorder.IdOf(_keys[start + i])];
            measure.Of(logits[..now], _weights.AsSpan(start, now));
        }
    }

    /// <summary>Puts the better keys of [first, end) before the worse; returns where the worse begin, strictly inside the range.</summary>
    private int Partition(int first, int end)
    {
        var (keys, weights) = (_keys, _weights);
        var pivot = Median(keys[first], keys[first + (end - first) / 2], keys[end - 1]);
        var (i, j) = (first, end - 1);
        while (true)
        {
            while (keys[i] < pivot)
                i++;
            while (keys[j] > pivot)
                j--;
            if (i >= j)
                return Math.Max(i, first + 1);
            (keys[i], keys[j]) = (keys[j], keys[i]);
            (weights[i], weights[j]) = (weights[j], weights[i]);
            i++;
            j--;
        }
    }

    private static ulong Median(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
