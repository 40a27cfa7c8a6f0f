namespace Platform.Engine;

/// <summary>Who owns which slot of the linear-attention state. The memory belongs to <see cref="StateStore"/>. Engine thread only.</summary>
/// <remarks>Running sequences and checkpoints draw from one store but each within its own number, so neither starves the other, and a sequence
/// that ends leaves its state behind as a checkpoint without a copy.</remarks>
internal sealed class SlotAllocator
{
    private readonly IndexPool _pool;
    private readonly bool[] _isCheckpoint;
    private readonly int _checkpointLimit;

    /// <param name="sequences">Slots that sequences may have.</param>
    /// <param name="checkpoints">Slots that checkpoints may have beside them.</param>
    public SlotAllocator(int sequences, int checkpoints = 0)
    {
        _pool = new IndexPool(sequences + checkpoints, "state slot");
        _isCheckpoint = new bool[sequences + checkpoints];
        _checkpointLimit = checkpoints;
        Total = sequences;
    }

    /// <summary>Slots for sequences.</summary>
    public int Total { get; }

    /// <summary>Slots that sequences can still take.</summary>
    public int Free => Total - (_pool.Total - _pool.Free - Checkpoints);

    /// <summary>Slots that hold checkpoints.</summary>
    public int Checkpoints { get; private set; }

    /// <summary>Whether one more checkpoint has a slot.</summary>
    public bool HasPlaceForCheckpoint => Checkpoints < _checkpointLimit;

    /// <summary>A free slot for a sequence; ask <see cref="Free"/> first.</summary>
    public int Take() => Free > 0
        ? _pool.Take()
        : throw new InvalidOperationException($"No state slot is free; all {Total} are taken. Ask before taking.");

    /// <summary>Takes a sequence's slot back.</summary>
    /// <exception cref="InvalidOperationException">The slot was free already: a bug in the engine.</exception>
    public void Release(int slot)
    {
        RequireKind(slot, checkpoint: false);
        _pool.Return(slot);
    }

    /// <summary>A slot for a checkpoint, or −1 when they have all that are theirs.</summary>
    public int TakeForCheckpoint()
    {
        if (!HasPlaceForCheckpoint)
            return -1;
        var slot = _pool.Take();
        _isCheckpoint[slot] = true;
        Checkpoints++;
        return slot;
    }

    /// <summary>Makes a sequence's slot a checkpoint's, with what it holds.</summary>
    /// <returns>False when the checkpoints have all that are theirs.</returns>
    public bool TryTurnIntoCheckpoint(int slot)
    {
        RequireKind(slot, checkpoint: false);
        if (!HasPlaceForCheckpoint)
            return false;
        _isCheckpoint[slot] = true;
        Checkpoints++;
        return true;
    }

    /// <summary>Takes a checkpoint's slot back.</summary>
    /// <exception cref="InvalidOperationException">It holds no checkpoint: a bug in the engine.</exception>
    public void ReleaseCheckpoint(int slot)
    {
        RequireKind(slot, checkpoint: true);
        _isCheckpoint[slot] = false;
        Checkpoints--;
        _pool.Return(slot);
    }

    private void RequireKind(int slot, bool checkpoint)
    {
        if (slot < 0 || slot >= _isCheckpoint.Length || _isCheckpoint[slot] != checkpoint)
            throw new InvalidOperationException($"State slot {slot} of {_isCheckpoint.Length} is returned but is no {(checkpoint ? "checkpoint" : "sequence's")}.");
    }
}
