namespace Platform.Kernels;

/// <summary>
/// The 8-bit float format e4m3 (finite variant): sign, 4 exponent bits of bias 7, 3 mantissa bits; largest 448, subnormal step 2⁻⁹,
/// 0x7F and 0xFF are NaN, no infinity.
/// </summary>
public static class E4M3
{
    /// <summary>The largest finite value.</summary>
    public const float Max = 448f;

    private const float SubnormalStep = 1f / 512;
    private static readonly float[] Values = [.. Enumerable.Range(0, 256).Select(code => DecodeOne((byte)code))];

    /// <summary>The exact value of a code.</summary>
    public static float Decode(byte code) => Values[code];

    /// <summary>The nearest code, ties to the even mantissa; values past ±448 and infinities saturate; NaN gives 0x7F with its sign.</summary>
    public static byte Encode(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        var sign = (byte)(bits >> 24 & 0x80);
        var magnitude = MathF.Abs(value);
        if (float.IsNaN(value))
            return (byte)(sign | 0x7F);
        if (magnitude >= Max)
            return (byte)(sign | 0x7E);
        // Below the smallest normal the steps are equal; a count of 8 is the smallest normal's code itself.
        if (magnitude < SubnormalStep * 8)
            return (byte)(sign | (int)MathF.Round(magnitude / SubnormalStep, MidpointRounding.ToEven));
        // Keep 3 mantissa bits of the float32 form, rounding to even; a carry runs into the exponent as it should.
        var magnitudeBits = bits & 0x7FFFFFFF;
        var rounded = (magnitudeBits + 0x7FFFF + (magnitudeBits >> 20 & 1)) >> 20;
        return (byte)(sign | (int)(rounded - ((127 - 7) << 3)));
    }

    private static float DecodeOne(byte code)
    {
        var exponent = code >> 3 & 15;
        var mantissa = code & 7;
        if (exponent == 15 && mantissa == 7)
            return BitConverter.UInt32BitsToSingle(0x7FC00000u | (uint)(code & 0x80) << 24);
        var magnitude = exponent == 0
            ? mantissa * SubnormalStep
            : BitConverter.Int32BitsToSingle(((exponent - 7 + 127) << 23) | (mantissa << 20));
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }
}
