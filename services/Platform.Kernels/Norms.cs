using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>The normalisations of the model, one row at a time, all in float32. Sums follow <see cref="Lanes"/>.</summary>
/// <remarks>The plain forms are in <see cref="NormsReference"/>; both give the same bits.</remarks>
public static class Norms
{
    /// <summary>y = x · rsqrt(mean(x²) + ε) · scale.</summary>
    /// <param name="x">One row.</param>
    /// <param name="scale">Of the same width: 1 + w for the zero-centred norms.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">The result; may be <paramref name="x"/>.</param>
    public static void Rms(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, float epsilon, Span<float> y)
    {
        CheckWidths(x.Length, scale.Length, y.Length);
        var inverse = InverseRoot(Lanes.SumOfSquares(x) / x.Length + epsilon);
        var factor = Vector512.Create(inverse);
        var i = 0;
        for (; i + Lanes.Count <= x.Length; i += Lanes.Count)
            (Vector512.Create(x[i..]) * factor * Vector512.Create(scale[i..])).CopyTo(y[i..]);
        for (; i < x.Length; i++)
            y[i] = x[i] * inverse * scale[i];
    }

    /// <summary>y = w · n(x) · SiLU(z), the gated norm of linear attention; its weight is plain.</summary>
    public static void Gated(ReadOnlySpan<float> x, ReadOnlySpan<float> gate, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        CheckWidths(x.Length, weight.Length, y.Length);
        CheckWidths(x.Length, gate.Length, y.Length);
        var inverse = InverseRoot(Lanes.SumOfSquares(x) / x.Length + epsilon);
        var factor = Vector512.Create(inverse);
        var i = 0;
        for (; i + Lanes.Count <= x.Length; i += Lanes.Count)
        {
            var normed = Vector512.Create(weight[i..]) * (Vector512.Create(x[i..]) * factor);
            (normed * ElementaryFunctions.Silu(Vector512.Create(gate[i..]))).CopyTo(y[i..]);
        }

        for (; i < x.Length; i++)
            y[i] = weight[i] * (x[i] * inverse) * ElementaryFunctions.Silu(gate[i]);
    }

    /// <summary>y = (x − μ) / √(σ² + ε) · w + b.</summary>
    public static void Layer(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> y)
    {
        CheckWidths(x.Length, weight.Length, y.Length);
        CheckWidths(x.Length, bias.Length, y.Length);
        var mean = Lanes.Sum(x) / x.Length;
        var inverse = InverseRoot(Lanes.SumOfSquaresAround(x, mean) / x.Length + epsilon);
        for (var i = 0; i < x.Length; i++)
            y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * inverse, weight[i], bias[i]);
    }

    /// <summary>x ← x / √(Σx² + ε) · scale, in place.</summary>
    public static void L2(Span<float> x, float epsilon, float scale)
    {
        var inverse = InverseRoot(Lanes.SumOfSquares(x) + epsilon);
        var factor = Vector512.Create(inverse);
        var second = Vector512.Create(scale);
        var i = 0;
        for (; i + Lanes.Count <= x.Length; i += Lanes.Count)
            (Vector512.Create<float>(x[i..]) * factor * second).CopyTo(x[i..]);
        for (; i < x.Length; i++)
            x[i] = x[i] * inverse * scale;
    }

    internal static float InverseRoot(float x) => 1f / MathF.Sqrt(x);

    private static void CheckWidths(int x, int weight, int y)
    {
        if (x != weight || x > y)
            throw new ArgumentException($"A row of {x} values was given a weight of {weight} and a result of {y}.");
    }
}
