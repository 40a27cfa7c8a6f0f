using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// Sums along a row: 16 virtual lanes, lane j taking elements j, j + 16, … in order, then one fixed tree (16 → 8 → 4 → 2 → 1, lane i with
/// lane i + half). Every width of machine vector, and none, gives the same bits.
/// </summary>
public static class Lanes
{
    /// <summary>Virtual lanes.</summary>
    public const int Count = 16;

    /// <summary>Σ x.</summary>
    public static float Sum(ReadOnlySpan<float> x)
    {
        var lanes = Vector512<float>.Zero;
        var i = 0;
        for (; i + Count <= x.Length; i += Count)
            lanes += Vector512.Create(x[i..]);
        if (i < x.Length)
            lanes += Tail(x[i..]);
        return Combine(lanes);
    }

    /// <summary>Σ x².</summary>
    public static float SumOfSquares(ReadOnlySpan<float> x)
    {
        var lanes = Vector512<float>.Zero;
        var i = 0;
        for (; i + Count <= x.Length; i += Count)
        {
            var v = Vector512.Create(x[i..]);
            lanes = Vector512.FusedMultiplyAdd(v, v, lanes);
        }

        if (i < x.Length)
        {
            var v = Tail(x[i..]);
            lanes = Vector512.FusedMultiplyAdd(v, v, lanes);
        }

        return Combine(lanes);
    }

    /// <summary>Σ (x − centre)².</summary>
    public static float SumOfSquaresAround(ReadOnlySpan<float> x, float centre)
    {
        var lanes = Vector512<float>.Zero;
        var middle = Vector512.Create(centre);
        var i = 0;
        for (; i + Count <= x.Length; i += Count)
        {
            var v = Vector512.Create(x[i..]) - middle;
            lanes = Vector512.FusedMultiplyAdd(v, v, lanes);
        }

        if (i < x.Length)
        {
            Span<float> rest = stackalloc float[Count];
            rest.Clear();
            for (var j = 0; i + j < x.Length; j++)
                rest[j] = x[i + j] - centre;
            var v = Vector512.Create<float>(rest);
            lanes = Vector512.FusedMultiplyAdd(v, v, lanes);
        }

        return Combine(lanes);
    }

    /// <summary>The largest value; −∞ for none.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        var best = float.NegativeInfinity;
        var i = 0;
        if (x.Length >= Count)
        {
            var lanes = Vector512.Create(x);
            for (i = Count; i + Count <= x.Length; i += Count)
            {
                var v = Vector512.Create(x[i..]);
                lanes = Vector512.ConditionalSelect(Vector512.GreaterThan(v, lanes), v, lanes);
            }

            for (var lane = 0; lane < Count; lane++)
                best = lanes[lane] > best ? lanes[lane] : best;
        }

        for (; i < x.Length; i++)
            best = x[i] > best ? x[i] : best;
        return best;
    }

    /// <summary>x ← exp(x − shift); returns Σ x.</summary>
    public static float ExpAndSum(Span<float> x, float shift)
    {
        var lanes = Vector512<float>.Zero;
        var offset = Vector512.Create(shift);
        var i = 0;
        for (; i + Count <= x.Length; i += Count)
        {
            var v = ElementaryFunctions.Exp(Vector512.Create<float>(x[i..]) - offset);
            v.CopyTo(x[i..]);
            lanes += v;
        }

        if (i < x.Length)
        {
            for (var j = i; j < x.Length; j++)
                x[j] = ElementaryFunctions.Exp(x[j] - shift);
            lanes += Tail(x[i..]);
        }

        return Combine(lanes);
    }

    /// <summary>The fixed tree over 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Combine(Vector512<float> lanes)
    {
        var eight = lanes.GetLower() + lanes.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    private static Vector512<float> Tail(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Count];
        padded.Clear();
        rest.CopyTo(padded);
        return Vector512.Create<float>(padded);
    }
}
