using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>Sums of rows, element by element: no reduction, so one vector form is every form.</summary>
public static class ElementwiseRows
{
    /// <summary>x ← x · factor.</summary>
    public static void Scale(Span<float> x, float factor)
    {
        var i = 0;
        for (; i + Lanes.Count <= x.Length; i += Lanes.Count)
            (Vector512.Create<float>(x[i..]) * Vector512.Create(factor)).CopyTo(x[i..]);
        for (; i < x.Length; i++)
            x[i] *= factor;
    }

    /// <summary>sum ← fma(x, factor, sum).</summary>
    public static void AddScaled(Span<float> sum, ReadOnlySpan<float> x, float factor)
    {
        CheckWidths(sum.Length, x.Length);
        var i = 0;
        for (; i + Lanes.Count <= sum.Length; i += Lanes.Count)
            Vector512.FusedMultiplyAdd(Vector512.Create(x[i..]), Vector512.Create(factor), Vector512.Create<float>(sum[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] = MathF.FusedMultiplyAdd(x[i], factor, sum[i]);
    }

    /// <summary>sum ← sum + x.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> x)
    {
        CheckWidths(sum.Length, x.Length);
        var i = 0;
        for (; i + Lanes.Count <= sum.Length; i += Lanes.Count)
            (Vector512.Create<float>(sum[i..]) + Vector512.Create(x[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] += x[i];
    }

    private static void CheckWidths(int sum, int x)
    {
        if (sum != x)
            throw new ArgumentException($"A row of {x} values cannot be added to one of {sum}.");
    }
}
