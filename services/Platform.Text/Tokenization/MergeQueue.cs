namespace Platform.Text;

/// <summary>
/// Positions that wait to be merged, by the rank of their pair: a heap of ranks, and under each rank its positions. All positions of the lowest
/// rank are taken together and in order, so that a long text is walked through rather than jumped about in.
/// </summary>
internal sealed class MergeQueue
{
    private readonly PriorityQueue<int, int> _ranks = new();
    private int[] _newestByRank = [];
    private Waiting[] _waiting = new Waiting[256];
    private int[] _batch = new int[256];
    private int _waitingCount;

    /// <summary>Entries taken and given, plus count x log2(count) for each batch that had to be sorted: the work since <see cref="Clear"/>.</summary>
    public long Steps { get; private set; }

    /// <summary>Forgets everything.</summary>
    /// <param name="ranks">Ranks will be below this.</param>
    /// <param name="positions">So many positions will be added at least.</param>
    public void Clear(int ranks, int positions)
    {
        // Only a cancelled piece leaves something behind.
        foreach (var (rank, _) in _ranks.UnorderedItems)
            _newestByRank[rank] = 0;
        _ranks.Clear();
        if (_newestByRank.Length < ranks)
            Array.Resize(ref _newestByRank, ranks);
        // A position comes once at first, and up to twice for each merge; half of them merge in text that is hard.
        if (_waiting.Length < positions)
            _waiting = new Waiting[positions + positions / 2];
        _waitingCount = 0;
        Steps = 0;
    }

    public void Add(int rank, int position)
    {
        if (_waitingCount == _waiting.Length)
            Array.Resize(ref _waiting, _waiting.Length * 2);
        ref var newest = ref _newestByRank[rank];
        if (newest == 0)
            _ranks.Enqueue(rank, rank);
        _waiting[_waitingCount] = new Waiting(position, newest);
        newest = ++_waitingCount;
        Steps++;
    }

    /// <summary>Whether a rank below this one waits.</summary>
    public bool HasBelow(int rank) => _ranks.TryPeek(out var lowest, out _) && lowest < rank;

    /// <summary>Takes all positions of the lowest rank, leftmost first; false if none waits. Valid until the next call.</summary>
    public bool TryTake(out int rank, out ReadOnlySpan<int> positions)
    {
        positions = default;
        if (!_ranks.TryDequeue(out rank, out _))
            return false;
        positions = InOrder(Collect(rank));
        return true;
    }

    /// <summary>Gives memory back that one long piece needed.</summary>
    public void Trim(int capacity)
    {
        if (_waiting.Length > capacity)
            _waiting = new Waiting[256];
        if (_batch.Length > capacity)
            _batch = new int[256];
    }

    /// <summary>Writes a rank's positions to the end of the batch, the first come first.</summary>
    private Span<int> Collect(int rank)
    {
        var place = _batch.Length;
        for (var newest = _newestByRank[rank]; newest != 0; newest = _waiting[newest - 1].Older)
        {
            if (place == 0)
            {
                var larger = new int[_batch.Length * 2];
                _batch.CopyTo(larger, place = _batch.Length);
                _batch = larger;
            }
            _batch[--place] = _waiting[newest - 1].Position;
        }
        _newestByRank[rank] = 0;
        return _batch.AsSpan(place);
    }

    private Span<int> InOrder(Span<int> positions)
    {
        Steps += positions.Length;
        for (var index = 1; index < positions.Length; index++)
        {
            if (positions[index] >= positions[index - 1])
                continue;
            positions.Sort();
            Steps += positions.Length * (long)Math.ILogB(positions.Length);
            break;
        }
        return positions;
    }

    /// <param name="Position">Where the left token of the pair begins.</param>
    /// <param name="Older">Number of the entry of this rank that came before, counted from 1; 0 for none.</param>
    private readonly record struct Waiting(int Position, int Older);
}
