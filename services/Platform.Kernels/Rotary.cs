namespace Platform.Kernels;

/// <summary>The half-split rotation of a head's first channels, and the angles it turns by.</summary>
public static class Rotary
{
    /// <summary>Sine and cosine of position · frequency, the product in float32 as the published reference computes it.</summary>
    /// <param name="position">Token position.</param>
    /// <param name="frequency">Radians per position.</param>
    public static (float Sin, float Cos) SinCos(int position, float frequency) => PreciseFunctions.SinCos((float)position * frequency);

    /// <summary>(a, b) ← (a cos − b sin, b cos + a sin), where a and b are the two halves of the first 2·cos.Length channels.</summary>
    /// <param name="head">One head; channels past the rotated ones stay.</param>
    /// <param name="cos">[R/2].</param>
    /// <param name="sin">[R/2].</param>
    public static void Rotate(Span<float> head, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        var half = cos.Length;
        if (sin.Length != half || head.Length < 2 * half)
            throw new ArgumentException($"A head of {head.Length} channels cannot turn by {half} cosines and {sin.Length} sines.");
        var first = head[..half];
        var second = head.Slice(half, half);
        for (var i = 0; i < half; i++)
        {
            var a = first[i];
            var b = second[i];
            first[i] = MathF.FusedMultiplyAdd(a, cos[i], -(b * sin[i]));
            second[i] = MathF.FusedMultiplyAdd(b, cos[i], a * sin[i]);
        }
    }
}
