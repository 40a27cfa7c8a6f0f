namespace Platform.Engine;

/// <summary>Who owns which slot of the linear-attention state. The memory belongs to <see cref="StateStore"/>. Engine thread only.</summary>
/// <remarks>Running sequences, checkpoints and drafts draw from one store but each within its own number, so none starves another. A sequence
/// that ends leaves its state behind as a checkpoint without a copy, and goes back to the state before a rejected draft by trading slots.</remarks>
internal sealed class SlotAllocator
{
    private readonly IndexPool _pool;
    private readonly SlotUse[] _use;
    private readonly int _checkpointLimit;
    private readonly int _draftLimit;

    /// <param name="sequences">Slots that sequences may have.</param>
    /// <param name="checkpoints">Slots that checkpoints may have beside them.</param>
    /// <param name="drafts">Slots that the states between a step's drafts may have beside them.</param>
    public SlotAllocator(int sequences, int checkpoints = 0, int drafts = 0)
    {
        _pool = new IndexPool(sequences + checkpoints + drafts, "state slot");
        _use = new SlotUse[sequences + checkpoints + drafts];
        _checkpointLimit = checkpoints;
        _draftLimit = drafts;
        Total = sequences;
    }

    private enum SlotUse : byte
    {
        Sequence,
        Checkpoint,
        Draft,
    }

    /// <summary>Slots for sequences.</summary>
    public int Total { get; }

    /// <summary>Slots that sequences can still take.</summary>
    public int Free => Total - (_pool.Total - _pool.Free - Checkpoints - Drafts);

    /// <summary>Slots that hold checkpoints.</summary>
    public int Checkpoints { get; private set; }

    /// <summary>Slots that drafts hold; none between two steps.</summary>
    public int Drafts { get; private set; }

    /// <summary>Slots that drafts can still take.</summary>
    public int FreeForDrafts => _draftLimit - Drafts;

    /// <summary>Whether one more checkpoint has a slot.</summary>
    public bool HasPlaceForCheckpoint => Checkpoints < _checkpointLimit;

    /// <summary>A free slot for a sequence; ask <see cref="Free"/> first.</summary>
    public int Take() => Free > 0
        ? Taken(SlotUse.Sequence)
        : throw new InvalidOperationException($"No state slot is free; all {Total} are taken. Ask before taking.");

    /// <summary>Takes a sequence's slot back.</summary>
    /// <exception cref="InvalidOperationException">The slot was free already: a bug in the engine.</exception>
    public void Release(int slot) => Return(slot, SlotUse.Sequence);

    /// <summary>A slot for a checkpoint, or −1 when they have all that are theirs.</summary>
    public int TakeForCheckpoint()
    {
        if (!HasPlaceForCheckpoint)
            return -1;
        Checkpoints++;
        return Taken(SlotUse.Checkpoint);
    }

    /// <summary>Makes a sequence's slot a checkpoint's, with what it holds.</summary>
    /// <returns>False when the checkpoints have all that are theirs.</returns>
    public bool TryTurnIntoCheckpoint(int slot)
    {
        RequireUse(slot, SlotUse.Sequence);
        if (!HasPlaceForCheckpoint)
            return false;
        _use[slot] = SlotUse.Checkpoint;
        Checkpoints++;
        return true;
    }

    /// <summary>Takes a checkpoint's slot back.</summary>
    /// <exception cref="InvalidOperationException">It holds no checkpoint: a bug in the engine.</exception>
    public void ReleaseCheckpoint(int slot)
    {
        Return(slot, SlotUse.Checkpoint);
        Checkpoints--;
    }

    /// <summary>A slot for the state after a draft; ask <see cref="FreeForDrafts"/> first.</summary>
    public int TakeForDraft()
    {
        if (FreeForDrafts == 0)
            throw new InvalidOperationException($"No state slot is free for a draft; all {_draftLimit} are taken. Ask before taking.");
        Drafts++;
        return Taken(SlotUse.Draft);
    }

    /// <summary>A sequence and a draft trade their slots.</summary>
    public void Trade(int sequence, int draft)
    {
        RequireUse(sequence, SlotUse.Sequence);
        RequireUse(draft, SlotUse.Draft);
        (_use[sequence], _use[draft]) = (SlotUse.Draft, SlotUse.Sequence);
    }

    /// <summary>Takes a draft's slot back.</summary>
    /// <exception cref="InvalidOperationException">No draft holds it: a bug in the engine.</exception>
    public void ReleaseDraft(int slot)
    {
        Return(slot, SlotUse.Draft);
        Drafts--;
    }

    private int Taken(SlotUse use)
    {
        var slot = _pool.Take();
        _use[slot] = use;
        return slot;
    }

    private void Return(int slot, SlotUse use)
    {
        RequireUse(slot, use);
        _pool.Return(slot);
    }

    private void RequireUse(int slot, SlotUse use)
    {
        if (slot < 0 || slot >= _use.Length || _use[slot] != use)
            throw new InvalidOperationException($"State slot {slot} of {_use.Length} is returned but belongs to no {use}.");
    }
}
