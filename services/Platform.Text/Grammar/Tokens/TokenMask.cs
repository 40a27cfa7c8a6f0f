using System.Numerics;

namespace Platform.Text.Grammar;

/// <summary>A set of token ids: a list while there are few, else bits. Immutable.</summary>
internal sealed class TokenMask
{
    /// <summary>Up to here a list is kept.</summary>
    public const int MaxListed = 64;

    private TokenMask(int[]? ids, ulong[]? bits)
    {
        Ids = ids;
        Bits = bits;
    }

    /// <summary>The ids when there are few, in order.</summary>
    public int[]? Ids { get; }

    /// <summary>Id i is bit i % 64 of word i / 64, when there are many.</summary>
    public ulong[]? Bits { get; }

    public long Bytes => 48 + (Ids?.Length * 4L ?? 0) + (Bits?.Length * 8L ?? 0);

    /// <summary>A copy of the set bits.</summary>
    public static TokenMask Of(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits)
            count += BitOperations.PopCount(word);
        if (count > MaxListed)
            return new TokenMask(null, bits.ToArray());
        int[] ids = new int[count];
        int at = 0;
        for (int word = 0; word < bits.Length && at < count; word++)
        {
            for (ulong rest = bits[word]; rest != 0; rest &= rest - 1)
                ids[at++] = (word * 64) + BitOperations.TrailingZeroCount(rest);
        }

        return new TokenMask(ids, null);
    }

    /// <summary>Sets these ids in <paramref name="bits"/> too.</summary>
    public void AddTo(Span<ulong> bits)
    {
        if (Bits is { } all)
            Or(all, bits);
        foreach (int id in Ids ?? [])
            bits[id >> 6] |= 1UL << (id & 63);
    }

    private static void Or(ReadOnlySpan<ulong> from, Span<ulong> into)
    {
        int i = 0;
        for (; i + Vector<ulong>.Count <= from.Length; i += Vector<ulong>.Count)
            (new Vector<ulong>(from[i..]) | new Vector<ulong>(into[i..])).CopyTo(into[i..]);
        for (; i < from.Length; i++)
            into[i] |= from[i];
    }
}
