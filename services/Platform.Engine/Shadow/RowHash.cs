using System.Numerics;
using System.Runtime.InteropServices;

namespace Platform.Engine;

/// <summary>A 64-bit fingerprint of a row of logits, to notice a single different bit. Not for adversaries.</summary>
internal static class RowHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong Of(ReadOnlySpan<float> row)
    {
        var words = MemoryMarshal.Cast<float, ulong>(row);
        ulong a = 1, b = 2, c = 3, d = 4;
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Next(a, words[i]);
            b = Next(b, words[i + 1]);
            c = Next(c, words[i + 2]);
            d = Next(d, words[i + 3]);
        }

        for (; i < words.Length; i++)
            a = Next(a, words[i]);
        if (row.Length % 2 == 1)
            a = Next(a, BitConverter.SingleToUInt32Bits(row[^1]));
        return Next(Next(Next(a, b), c), d);
    }

    // The rotation brings the high bits, which a product mixes best, down to where the next product spreads them.
    private static ulong Next(ulong hash, ulong word) => BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);
}
