namespace Platform.Engine;

/// <summary>Who owns which slot of the linear-attention state. The memory belongs to <see cref="StateStore"/>. Engine thread only.</summary>
internal sealed class SlotAllocator
{
    private readonly IndexPool _pool;

    public SlotAllocator(int slots) => _pool = new IndexPool(slots, "state slot");

    public int Total => _pool.Total;

    public int Free => _pool.Free;

    /// <summary>A free slot; ask <see cref="Free"/> first.</summary>
    public int Take() => _pool.Take();

    /// <exception cref="InvalidOperationException">The slot was free already: a bug in the engine.</exception>
    public void Release(int slot) => _pool.Return(slot);
}
