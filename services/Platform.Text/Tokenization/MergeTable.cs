namespace Platform.Text;

/// <summary>Which pairs of tokens merge, in which rank, into what. An open table with a mixed hash: pairs (x, x) do not collide.</summary>
internal sealed class MergeTable
{
    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <param name="count">How many pairs will be added at most.</param>
    public MergeTable(int count)
    {
        var bits = 4;
        while (1L << bits < 2L * count)
            bits++;
        _entries = new Entry[1 << bits];
        _shift = 64 - bits;
    }

    /// <summary>Adds a pair; false if it is already there.</summary>
    public bool TryAdd(int left, int right, int rank, int merged)
    {
        ref var entry = ref Find(Key(left, right));
        if (entry.Key != 0)
            return false;
        entry = new Entry(Key(left, right), rank, merged);
        return true;
    }

    /// <summary>The rank of a pair and what it becomes; rank <see cref="int.MaxValue"/> if it never merges.</summary>
    public int Rank(int left, int right, out int merged)
    {
        ref var entry = ref Find(Key(left, right));
        merged = entry.Merged;
        return entry.Key != 0 ? entry.Rank : int.MaxValue;
    }

    // Never 0, which marks an empty place.
    private static ulong Key(int left, int right) => ((ulong)(uint)(left + 1) << 32) | (uint)right;

    private ref Entry Find(ulong key)
    {
        var place = (int)((key ^ (key >> 29)) * 0x9E3779B97F4A7C15UL >> _shift);
        while (_entries[place].Key != 0 && _entries[place].Key != key)
            place = (place + 1) & (_entries.Length - 1);
        return ref _entries[place];
    }

    private readonly record struct Entry(ulong Key, int Rank, int Merged);
}
