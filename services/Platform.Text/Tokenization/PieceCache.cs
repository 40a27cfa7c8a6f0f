using System.Runtime.InteropServices;

namespace Platform.Text;

/// <summary>
/// Remembers the ids of short pieces. Bounded in entries and piece length; a newcomer takes an old one's place. Entries never change, so threads
/// share it without locks, and a hit allocates nothing.
/// </summary>
internal sealed class PieceCache
{
    /// <summary>Longer pieces are rare and not kept, in UTF-16 units.</summary>
    public const int LongestPiece = 40;

    private readonly Entry?[] _entries;

    /// <param name="capacity">The most entries, a power of two; each costs at most some 300 bytes.</param>
    public PieceCache(int capacity = 1 << 16) => _entries = new Entry?[capacity];

    public int Capacity => _entries.Length;

    /// <summary>How many pieces are kept now. Walks the table; for tests.</summary>
    public int Count => _entries.Count(entry => entry is not null);

    public static uint Hash(ReadOnlySpan<char> piece)
    {
        var hash = (ulong)piece.Length * 0x9E3779B97F4A7C15UL;
        var words = MemoryMarshal.Cast<char, ulong>(piece);
        foreach (var word in words)
            hash = Mix(hash ^ word);
        foreach (var unit in piece[(words.Length * 4)..])
            hash = (hash ^ unit) * 0x9E3779B97F4A7C15UL;
        return (uint)(Mix(hash) >> 32);
    }

    public bool TryGet(ReadOnlySpan<char> piece, uint hash, out ReadOnlySpan<int> ids)
    {
        var place = Place(hash);
        var entry = Volatile.Read(ref _entries[place]);
        if (entry is null || !entry.Is(piece, hash))
            entry = Volatile.Read(ref _entries[place ^ 1]);
        if (entry is null || !entry.Is(piece, hash))
        {
            ids = default;
            return false;
        }
        ids = entry.Ids;
        return true;
    }

    public void Add(ReadOnlySpan<char> piece, uint hash, ReadOnlySpan<int> ids)
    {
        if (piece.Length > LongestPiece)
            return;
        var place = Place(hash);
        if (Volatile.Read(ref _entries[place]) is not null)
            place ^= 1;
        Volatile.Write(ref _entries[place], new Entry(hash, piece.ToString(), ids.ToArray()));
    }

    private static ulong Mix(ulong value)
    {
        value *= 0xD6E8FEB86659FD93UL;
        return value ^ (value >> 32);
    }

    private int Place(uint hash) => (int)(hash & (uint)(_entries.Length - 1));

    private sealed class Entry(uint hash, string piece, int[] ids)
    {
        public readonly int[] Ids = ids;

        public bool Is(ReadOnlySpan<char> other, uint otherHash) => hash == otherHash && other.SequenceEqual(piece);
    }
}
