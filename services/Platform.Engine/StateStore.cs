using Platform.Kernels;

namespace Platform.Engine;

/// <summary>
/// The memory of linear-attention states in slots: per sequence a float32 recurrent state and three conv columns per layer, whatever its
/// length. Which slot belongs to whom is the slot allocator's business.
/// </summary>
public sealed class StateStore : IDisposable
{
    private readonly NativeBuffer _memory;

    /// <summary>Reserves memory for <paramref name="slots"/> slots; it is touched when first written.</summary>
    internal StateStore(StateLayout layout, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slots);
        Layout = layout;
        Slots = slots;
        _memory = new NativeBuffer(layout.SlotBytes * slots);
    }

    /// <summary>Slots in the store.</summary>
    public int Slots { get; }

    /// <summary>How a slot is laid out.</summary>
    public StateLayout Layout { get; }

    /// <summary>Bytes of one slot.</summary>
    public long SlotBytes => Layout.SlotBytes;

    /// <summary>Makes a slot the state of an empty sequence.</summary>
    public void Zero(int slot) => _memory.Clear(Start(slot), SlotBytes);

    /// <summary>Copies a slot: a snapshot, or a sequence that branches.</summary>
    public void Copy(int from, int to) => _memory.Copy(Start(from), Start(to), SlotBytes);

    /// <summary>Writes a slot's bytes to <paramref name="destination"/>, which is <see cref="SlotBytes"/> long.</summary>
    public void Export(int slot, Span<byte> destination)
    {
        if (destination.Length != SlotBytes)
            throw new ArgumentException($"A slot is {SlotBytes} bytes but the destination has {destination.Length}.", nameof(destination));
        _memory.Span<byte>(Start(slot), checked((int)SlotBytes)).CopyTo(destination);
    }

    /// <summary>Fills a slot from bytes that <see cref="Export"/> wrote under the same numerics id.</summary>
    public void Import(int slot, ReadOnlySpan<byte> source)
    {
        if (source.Length != SlotBytes)
            throw new ArgumentException($"A slot is {SlotBytes} bytes but {source.Length} were given.", nameof(source));
        source.CopyTo(_memory.Span<byte>(Start(slot), checked((int)SlotBytes)));
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>One layer's recurrent state, rows of padded Dv: row h·Dk + k.</summary>
    internal FloatRows Recurrent(int slot, int layer) => _memory.Rows(
        LayerStart(slot, layer), Layout.ValueHeads * Layout.KeyDim, Layout.PaddedValueDim, Layout.PaddedValueDim);

    /// <summary>One layer's conv columns [columns, C], oldest first.</summary>
    internal FloatRows Conv(int slot, int layer) => _memory.Rows(
        LayerStart(slot, layer) + Layout.RecurrentFloats, Layout.ConvColumns, Layout.ConvChannels, Layout.ConvChannels);

    private long LayerStart(int slot, int layer) => Start(slot) / sizeof(float) + (long)layer * Layout.LayerFloats;

    private long Start(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Slots, nameof(slot));
        return slot * SlotBytes;
    }
}
