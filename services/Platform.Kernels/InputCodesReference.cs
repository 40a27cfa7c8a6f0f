namespace Platform.Kernels;

/// <summary>The plain form of <see cref="InputCodes"/>.</summary>
/// <param name="Integers">[blocks · 64] of −127..127.</param>
/// <param name="Scales">[blocks · 2].</param>
internal readonly record struct InputCodesReference(int[] Integers, float[] Scales)
{
    /// <summary>Quantises a row.</summary>
    public static InputCodesReference Of(ReadOnlySpan<float> x)
    {
        var padded = new float[BlockLayout.Blocks(x.Length) * BlockLayout.BlockInputs];
        x.CopyTo(padded);
        var codes = new InputCodesReference(new int[padded.Length], new float[padded.Length / BlockLayout.HalfInputs]);
        for (var half = 0; half < codes.Scales.Length; half++)
        {
            var values = padded.AsSpan(half * BlockLayout.HalfInputs, BlockLayout.HalfInputs);
            var largest = LargestMagnitude(values);
            codes.Scales[half] = InputCodes.ScaleOf(largest);
            for (var i = 0; i < values.Length && largest is >= InputCodes.Smallest and < float.PositiveInfinity; i++)
                codes.Integers[half * BlockLayout.HalfInputs + i] = (int)MathF.Round(values[i] * (127f / largest), MidpointRounding.ToEven);
        }

        return codes;
    }

    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return float.NaN;
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        return largest;
    }
}
