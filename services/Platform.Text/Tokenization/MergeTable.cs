namespace Platform.Text;

/// <summary>Which pairs of tokens merge, in which rank, into what. An open table with a mixed hash: pairs (x, x) do not collide.</summary>
internal sealed class MergeTable
{
    private readonly Entry[] _entries;
    private readonly int _shift;
    private int[] _merged;

    /// <param name="count">How many pairs will be added at most.</param>
    public MergeTable(int count)
    {
        var bits = 4;
        while (1L << bits < 2L * count)
            bits++;
        _entries = new Entry[1 << bits];
        _shift = 64 - bits;
        _merged = new int[count];
    }

    /// <summary>How many pairs there are; ranks are below this.</summary>
    public int RankCount { get; private set; }

    /// <summary>Adds the pair of the next rank; false if it is already there.</summary>
    public bool TryAdd(int left, int right, int merged)
    {
        ref var entry = ref Find(Key(left, right));
        if (entry.Key != 0)
            return false;
        if (RankCount == _merged.Length)
            Array.Resize(ref _merged, Math.Max(256, _merged.Length * 2));
        _merged[RankCount] = merged;
        entry = new Entry(Key(left, right), RankCount++);
        return true;
    }

    /// <summary>The rank of a pair; <see cref="int.MaxValue"/> if it never merges.</summary>
    public int Rank(int left, int right)
    {
        ref var entry = ref Find(Key(left, right));
        return entry.Key != 0 ? entry.Rank : int.MaxValue;
    }

    /// <summary>The token that the pair of a rank becomes.</summary>
    public int Merged(int rank) => _merged[rank];

    // Never 0, which marks an empty place.
    private static ulong Key(int left, int right) => ((ulong)(uint)(left + 1) << 32) | (uint)right;

    private ref Entry Find(ulong key)
    {
        var place = (int)((key ^ (key >> 29)) * 0x9E3779B97F4A7C15UL >> _shift);
        while (_entries[place].Key != 0 && _entries[place].Key != key)
            place = (place + 1) & (_entries.Length - 1);
        return ref _entries[place];
    }

    private readonly record struct Entry(ulong Key, int Rank);
}
