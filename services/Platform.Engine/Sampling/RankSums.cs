using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Platform.Kernels;

namespace Platform.Engine;

/// <summary>One pass over a row that adds up a measure over all candidates, and over those at or above each of a few bounds.</summary>
/// <remarks>16 virtual lanes in float32 over blocks of 1024 candidates, the blocks' sums in double: within a millionth of the exact sum, and
/// the same bits on every machine.</remarks>
internal static class RankSums
{
    /// <summary>Bounds in a pass.</summary>
    public const int Bounds = 6;

    private const int BlockVectors = 64;

    /// <summary>The sum over all candidates; over those at or above <paramref name="bounds"/>[j] in <paramref name="sums"/>[j].</summary>
    /// <param name="row">Logits; negative infinity counts nothing.</param>
    /// <param name="measure">What is added up.</param>
    /// <param name="bounds">[6].</param>
    /// <param name="sums">[6].</param>
    public static double Add<TMeasure>(ReadOnlySpan<float> row, TMeasure measure, ReadOnlySpan<float> bounds, Span<double> sums)
        where TMeasure : struct, IRankMeasure
    {
        sums.Clear();
        var total = 0.0;
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(row);
        for (var start = 0; start < vectors.Length; start += BlockVectors)
            total += AddBlock(vectors[start..Math.Min(start + BlockVectors, vectors.Length)], measure, bounds, sums);

        var tail = row[(vectors.Length * Vector512<float>.Count)..];
        if (tail.Length > 0)
        {
            Span<Vector512<float>> padded = [Vector512.Create(float.NegativeInfinity)];
            tail.CopyTo(MemoryMarshal.Cast<Vector512<float>, float>(padded));
            total += AddBlock(padded, measure, bounds, sums);
        }

        return total;
    }

    private static double AddBlock<TMeasure>(
        ReadOnlySpan<Vector512<float>> block, TMeasure measure, ReadOnlySpan<float> bounds, Span<double> sums)
        where TMeasure : struct, IRankMeasure
    {
        var (b0, b1, b2) = (Vector512.Create(bounds[0]), Vector512.Create(bounds[1]), Vector512.Create(bounds[2]));
        var (b3, b4, b5) = (Vector512.Create(bounds[3]), Vector512.Create(bounds[4]), Vector512.Create(bounds[5]));
        var zero = Vector512<float>.Zero;
        Vector512<float> all = zero, s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
        foreach (var logits in block)
        {
            var value = measure.Of(logits);
            all += value;
            s0 = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(logits, b0), s0 + value, s0);
            s1 = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(logits, b1), s1 + value, s1);
            s2 = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(logits, b2), s2 + value, s2);
            s3 = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(logits, b3), s3 + value, s3);
            s4 = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(logits, b4), s4 + value, s4);
            s5 = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(logits, b5), s5 + value, s5);
        }

        sums[0] += Lanes.Combine(s0);
        sums[1] += Lanes.Combine(s1);
        sums[2] += Lanes.Combine(s2);
        sums[3] += Lanes.Combine(s3);
        sums[4] += Lanes.Combine(s4);
        sums[5] += Lanes.Combine(s5);
        return Lanes.Combine(all);
    }
}
