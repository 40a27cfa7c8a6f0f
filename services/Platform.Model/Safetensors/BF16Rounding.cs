namespace Platform.Model;

/// <summary>From float32 to BF16 bits: nearest, ties to even. For finite values.</summary>
internal static class BF16Rounding
{
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
