using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Platform.Engine;

/// <summary>Finds the highest logit of a row in one pass, 16 lanes at a time.</summary>
internal static class LogitScan
{
    private const int BlockVectors = 256;

    /// <summary>The index of the highest value, the lowest index of equal ones.</summary>
    /// <param name="row">At least one value; no NaN, negative infinity allowed.</param>
    public static int Highest(ReadOnlySpan<float> row) => Highest(row, out _);

    /// <summary>The same, and whether every value is a finite number; if not, the index means nothing.</summary>
    public static int Highest(ReadOnlySpan<float> row, out bool finite)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(row);
        var best = float.NegativeInfinity;
        var bestBlock = 0;
        var zeros = Vector512<float>.Zero;
        for (var start = 0; start < vectors.Length; start += BlockVectors)
        {
            var high = HighestLanes(vectors[start..Math.Min(start + BlockVectors, vectors.Length)], ref zeros);
            if (!Vector512.GreaterThanAny(high, Vector512.Create(best)))
                continue;
            for (var lane = 0; lane < Vector512<float>.Count; lane++)
                best = high[lane] > best ? high[lane] : best;
            bestBlock = start;
        }

        var tail = row[(vectors.Length * Vector512<float>.Count)..];
        var zero = Vector512.Sum(zeros);
        var bestInTail = -1;
        for (var i = 0; i < tail.Length; i++)
        {
            zero += tail[i] - tail[i];
            if (tail[i] > best)
                (best, bestInTail) = (tail[i], i);
        }

        finite = zero == 0;
        return bestInTail >= 0 ? row.Length - tail.Length + bestInTail : FirstEqual(row[(bestBlock * Vector512<float>.Count)..], best)
            + bestBlock * Vector512<float>.Count;
    }

    /// <summary>Per lane the highest value. x - x, which is 0 for finite numbers and NaN for all others, is added to <paramref name="zeros"/>.</summary>
    private static Vector512<float> HighestLanes(ReadOnlySpan<Vector512<float>> block, ref Vector512<float> zeros)
    {
        var (a, b) = (block[0], block[^1]);
        var (zeroA, zeroB) = (zeros, Vector512<float>.Zero);
        var i = 0;
        for (; i + 1 < block.Length; i += 2)
        {
            var (x, y) = (block[i], block[i + 1]);
            a = Vector512.MaxNative(a, x);
            b = Vector512.MaxNative(b, y);
            zeroA += x - x;
            zeroB += y - y;
        }

        zeroB += block[^1] - block[^1];
        zeros = zeroA + zeroB;
        return Vector512.MaxNative(a, b);
    }

    private static int FirstEqual(ReadOnlySpan<float> row, float value)
    {
        var wide = Vector512.Create(value);
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(row);
        for (var i = 0; i < vectors.Length; i++)
        {
            if (Vector512.Equals(vectors[i], wide).ExtractMostSignificantBits() is not 0 and var bits)
                return i * Vector512<float>.Count + System.Numerics.BitOperations.TrailingZeroCount(bits);
        }

        for (var i = vectors.Length * Vector512<float>.Count; i < row.Length; i++)
        {
            if (row[i] == value)
                return i;
        }

        return 0;       // only in a row with NaN, where the index means nothing
    }
}
