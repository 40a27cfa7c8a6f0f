namespace Platform.Engine;

/// <summary>All checkpoints, their worth, and which of them goes when place is needed. Engine thread only.</summary>
internal sealed class CheckpointShelf(PrefixTree tree, SlotAllocator slots, long slotBytes, long pageBytes, EngineCounters counters)
{
    private const int RememberedEvictions = 4096;

    private readonly List<StateCheckpoint> _all = [];
    private readonly EvictedPrefixes _evicted = new(RememberedEvictions);
    private double _usualPeriod = 8;
    private long _turnEnds;
    private long _turnEndsContinued;

    public IReadOnlyList<StateCheckpoint> All => _all;

    /// <summary>The clock: admissions so far.</summary>
    public long Now { get; private set; }

    /// <summary>Share of ends of generated turns that were continued.</summary>
    public double TurnEndReuse => (_turnEndsContinued + 1.0) / (_turnEnds + 2.0);

    public void Tick() => Now++;

    /// <summary>Admissions until something made now is expected to be used.</summary>
    public double WaitAfter(double period) => CheckpointValue.Wait(0, period > 0 ? period : _usualPeriod);

    public void Add(StateCheckpoint checkpoint)
    {
        checkpoint.Node.Checkpoint = checkpoint;
        checkpoint.Index = _all.Count;
        _all.Add(checkpoint);
        if (checkpoint.IsTurnEnd)
            _turnEnds++;
    }

    /// <summary>A sequence started from this checkpoint.</summary>
    public void Used(StateCheckpoint checkpoint)
    {
        var interval = Math.Max(1, Now - checkpoint.LastUsed);
        checkpoint.Period = checkpoint.Period == 0 ? interval : (checkpoint.Period + interval) / 2;
        checkpoint.LastUsed = Now;
        _usualPeriod += (interval - _usualPeriod) / 16;
        if (checkpoint.IsTurnEnd && checkpoint.Hits == 0)
            _turnEndsContinued++;
        checkpoint.Hits++;
        checkpoint.IsAbandoned = false;
    }

    /// <summary>A conversation goes on from here another way than before: this checkpoint and what lies behind it are left behind.</summary>
    public static void Abandon(StateCheckpoint checkpoint) => Abandon(checkpoint.Node);

    private static void Abandon(PrefixNode node)
    {
        if (node.Checkpoint is { } checkpoint)
            checkpoint.IsAbandoned = true;
        foreach (var child in node.Children.Values)
            Abandon(child);
    }

    /// <summary>Makes sure that a slot is left for a checkpoint of this value, evicting one that is worth less.</summary>
    public bool MakePlace(double value)
    {
        if (slots.HasPlaceForCheckpoint)
            return true;
        StateCheckpoint? least = null;
        foreach (var checkpoint in _all)
        {
            if (!checkpoint.IsPinned && ValueOf(checkpoint, slotBytes) is var its && its < value)
                (least, value) = (checkpoint, its);
        }

        if (least is null)
            return false;
        Evict(least);
        return true;
    }

    /// <summary>Evicts the checkpoint that is worth least among those whose going frees pages, else among the leaves.</summary>
    /// <returns>False when there is none.</returns>
    public bool EvictForPages()
    {
        StateCheckpoint? least = null;
        var (leastFrees, leastValue) = (false, double.MaxValue);
        foreach (var checkpoint in _all)
        {
            if (checkpoint.IsPinned || checkpoint.Node.Children.Count > 0)
                continue;
            var freed = tree.PagesFreedBy(checkpoint);
            var frees = freed > 0;
            var value = ValueOf(checkpoint, slotBytes + freed * pageBytes);
            if (frees == leastFrees ? value >= leastValue : leastFrees)
                continue;
            (least, leastFrees, leastValue) = (checkpoint, frees, value);
        }

        if (least is null)
            return false;
        Evict(least);
        return true;
    }

    /// <summary>Whether a prefix of this request, longer than what was found, was here before.</summary>
    public bool WasEvicted(SequenceRequest request, ReadOnlySpan<long> keys, int found)
    {
        var borders = request.CheckpointPositions;
        var last = request.PromptTokens.Length - 1;
        var name = PrefixTree.NameOf(request.CacheSalt);
        for (var (position, next) = (0, 0); position < last; position++)
        {
            name = PrefixTree.NameAfter(name, keys[position]);
            while (next < borders.Length && borders[next] <= position)
                next++;
            var isBorder = borders.Length == 0 ? position + 1 == last : next < borders.Length && borders[next] == position + 1;
            if (isBorder && position + 1 > found && _evicted.Contains(name))
                return true;
        }

        return false;
    }

    /// <summary>See <see cref="CheckpointValue"/>.</summary>
    public double ValueOf(StateCheckpoint checkpoint, long bytes)
    {
        var wait = CheckpointValue.Wait(Now - checkpoint.LastUsed, checkpoint.Period > 0 ? checkpoint.Period : _usualPeriod);
        return CheckpointValue.Of(CheckpointValue.TokensSaved(checkpoint.Node), ReuseOf(checkpoint), bytes, wait);
    }

    private double ReuseOf(StateCheckpoint checkpoint) =>
        CheckpointValue.IsReplaced(checkpoint) ? CheckpointValue.Replaced
        : checkpoint is { IsTurnEnd: true, Hits: 0 } ? TurnEndReuse
        : checkpoint.Period > 0 ? 1
        : CheckpointValue.Unproven;

    private void Evict(StateCheckpoint checkpoint)
    {
        _all[checkpoint.Index] = _all[^1];
        _all[checkpoint.Index].Index = checkpoint.Index;
        _all.RemoveAt(_all.Count - 1);
        _evicted.Add(checkpoint.Name);
        slots.ReleaseCheckpoint(checkpoint.Slot);
        tree.Remove(checkpoint);
        EngineCounters.Add(ref counters.PrefixEvictions, 1);
    }
}
