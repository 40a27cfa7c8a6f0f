namespace Platform.Engine;

/// <summary>Where a sequence leaves checkpoints while its prompt is computed, and the slots that wait for their state. Engine thread only.</summary>
internal sealed class CheckpointPlan
{
    /// <summary>A checkpoint that saves fewer tokens than this is not worth its slot.</summary>
    public const int FewestTokens = 16;

    private readonly List<(int Position, int Slot)> _taken = [];
    private int[] _positions = [];
    private int[] _snapshotSlots = [];
    private int _next;

    /// <summary>The checkpoint that the sequence started from and is to replace, or null.</summary>
    public StateCheckpoint? Origin { get; set; }

    /// <summary>Admissions between two uses of what the sequence continues; 0 while unknown.</summary>
    public double Period { get; set; }

    /// <summary>Whether the lookup of this sequence was counted.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Positions still ahead, ascending.</summary>
    public ReadOnlySpan<int> Ahead => _positions.AsSpan(_next);

    /// <summary>Slots that the step fills, with the number of tokens each covers.</summary>
    public IReadOnlyList<(int Position, int Slot)> Taken => _taken;

    /// <summary>The last position at which a checkpoint is to come; 0 without any.</summary>
    public int LastPosition => LastPositionUpTo(int.MaxValue);

    /// <summary>The last such position that covers at most so many tokens; 0 without any.</summary>
    public int LastPositionUpTo(int tokens)
    {
        var last = 0;
        foreach (var (position, _) in _taken)
            last = position <= tokens ? Math.Max(last, position) : last;
        foreach (var position in Ahead)
            last = position <= tokens ? Math.Max(last, position) : last;
        return last;
    }

    /// <summary>Chooses positions: the newest borders of the prompt, its first one (others may share it), the one to return to, and where it leaves a known path.</summary>
    /// <param name="request">Has the borders; without any the last token but one is one, so that the same prompt can come again.</param>
    /// <param name="from">Tokens that are there already.</param>
    /// <param name="known">Tokens that another prompt shared; 0 if none.</param>
    /// <param name="newest">How many of the newest borders.</param>
    public void Choose(SequenceRequest request, int from, int known, int newest)
    {
        var last = request.PromptTokens.Length - 1;
        var borders = request.CheckpointPositions.Length > 0 ? request.CheckpointPositions : [last];
        var chosen = new SortedSet<int>();
        var first = int.MaxValue;
        for (var i = borders.Length - 1; i >= 0 && borders[i] >= from + FewestTokens; i--)
        {
            if (borders[i] > last)
                continue;
            first = borders[i];
            if (chosen.Count < newest)
                chosen.Add(first);
        }

        if (first <= last)
            chosen.Add(first);
        if (request.ReturnPosition >= from + FewestTokens && request.ReturnPosition <= last)
            chosen.Add(request.ReturnPosition);
        if (known >= from + FewestTokens && known <= last)
            chosen.Add(known);
        _positions = [.. chosen];
        _next = 0;
    }

    /// <summary>Empties the plan.</summary>
    public void Clear()
    {
        _positions = [];
        _next = 0;
        Origin = null;
    }

    /// <summary>Positions up to <paramref name="position"/> are behind.</summary>
    public void PassTo(int position)
    {
        while (_next < _positions.Length && _positions[_next] <= position)
            _next++;
    }

    /// <summary>The segment's list of slots, all skipped; the caller fills in.</summary>
    public int[] SnapshotSlots(int tokens)
    {
        if (_snapshotSlots.Length < tokens)
            _snapshotSlots = new int[tokens];
        Array.Fill(_snapshotSlots, -1);
        return _snapshotSlots;
    }

    public void Take(int position, int slot) => _taken.Add((position, slot));

    public void TakenAreDone() => _taken.Clear();
}
