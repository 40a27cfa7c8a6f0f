namespace Platform.Kernels;

/// <summary>The plain forms of <see cref="Norms"/> and <see cref="Lanes"/>: scalar loops over 16 named lanes. Their oracle.</summary>
public static class NormsReference
{
    /// <inheritdoc cref="Norms.Rms"/>
    public static void Rms(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, float epsilon, Span<float> y)
    {
        var inverse = Norms.InverseRoot(SumOfSquaresAround(x, 0) / x.Length + epsilon);
        for (var i = 0; i < x.Length; i++)
            y[i] = x[i] * inverse * scale[i];
    }

    /// <inheritdoc cref="Norms.Gated"/>
    public static void Gated(ReadOnlySpan<float> x, ReadOnlySpan<float> gate, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        var inverse = Norms.InverseRoot(SumOfSquaresAround(x, 0) / x.Length + epsilon);
        for (var i = 0; i < x.Length; i++)
            y[i] = weight[i] * (x[i] * inverse) * ElementaryFunctions.Silu(gate[i]);
    }

    /// <inheritdoc cref="Norms.L2"/>
    public static void L2(Span<float> x, float epsilon, float scale)
    {
        var inverse = Norms.InverseRoot(SumOfSquaresAround(x, 0) + epsilon);
        for (var i = 0; i < x.Length; i++)
            x[i] = x[i] * inverse * scale;
    }

    /// <inheritdoc cref="Lanes.Sum"/>
    public static float Sum(ReadOnlySpan<float> x)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        for (var i = 0; i < x.Length; i++)
            lanes[i % Lanes.Count] += x[i];
        return Combine(lanes);
    }

    /// <inheritdoc cref="Lanes.SumOfSquaresAround"/>
    public static float SumOfSquaresAround(ReadOnlySpan<float> x, float centre)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        for (var i = 0; i < x.Length; i++)
            lanes[i % Lanes.Count] = MathF.FusedMultiplyAdd(x[i] - centre, x[i] - centre, lanes[i % Lanes.Count]);
        return Combine(lanes);
    }

    /// <inheritdoc cref="Lanes.ExpAndSum"/>
    public static float ExpAndSum(Span<float> x, float shift)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = ElementaryFunctions.Exp(x[i] - shift);
        return Sum(x);
    }

    private static float Combine(Span<float> lanes)
    {
        for (var half = lanes.Length / 2; half >= 1; half /= 2)
        {
            for (var i = 0; i < half; i++)
                lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }
}
