namespace Platform.Model;

/// <summary>From float32 to e4m3 codes: nearest, ties to even, saturating at 448.</summary>
internal static class E4M3Encoder
{
    public const float Largest = 448;

    private const byte LargestCode = 0x7E;
    private const byte NaNCode = 0x7F;

    public static byte Encode(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        var sign = (byte)((bits >> 24) & 0x80);
        var magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000)
            return (byte)(sign | NaNCode);

        var exponent = (int)(magnitude >> 23) - 127;
        if (exponent < -6)
            return (byte)(sign | EncodeSubnormal(BitConverter.UInt32BitsToSingle(magnitude)));

        // Rounding adds half of the last kept place, less one when that place is even; a carry runs into the exponent by itself.
        var rounded = magnitude + 0x7FFFF + ((magnitude >> 20) & 1);
        var code = (long)(rounded >> 20) - ((127L - 7) << 3);
        return (byte)(sign | (byte)Math.Min(code, LargestCode));
    }

    /// <summary>Below 2^-6 the steps are 2^-9; eight steps are the smallest normal number, whose code is 8 as well.</summary>
    private static byte EncodeSubnormal(float magnitude) =>
        (byte)MathF.Round(magnitude * 512, MidpointRounding.ToEven);
}
