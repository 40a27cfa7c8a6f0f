namespace Platform.Kernels;

/// <summary>Writes and reads single positions of the paged key/value memory. The layout is <see cref="KvLayout"/>'s.</summary>
public static unsafe class KvPages
{
    /// <summary>Writes one head's key and value of one position.</summary>
    /// <param name="memory">The pages.</param>
    /// <param name="layout">How a page lies.</param>
    /// <param name="page">Page number in the memory.</param>
    /// <param name="layer">Attention layer.</param>
    /// <param name="head">kv head.</param>
    /// <param name="position">Position inside the page, 0..63.</param>
    /// <param name="key">[D], rotated.</param>
    /// <param name="value">[D].</param>
    public static void Write(
        NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        Check(memory, layout, page, layer, head, position);
        var panel = position / KvLayout.PanelPositions;
        var lane = position % KvLayout.PanelPositions;
        var keys = memory.Pointer + layout.KeyOffset(page, layer, head);
        var values = memory.Pointer + layout.ValueOffset(page, layer, head);
        if (layout.Storage == PanelStorage.F32)
        {
            var k = (float*)keys + (long)panel * layout.KeyPanelElements + lane;
            var v = (float*)values + (long)position * layout.PaddedHeadDim;
            for (var d = 0; d < layout.HeadDim; d++)
            {
                k[d * KvLayout.PanelPositions] = key[d];
                v[d] = value[d];
            }

            return;
        }

        var narrowKeys = (ushort*)keys + (long)panel * layout.KeyPanelElements + lane * 2;
        var narrowValues = (ushort*)values + (long)(position / 2) * 2 * layout.PaddedHeadDim + (position & 1);
        for (var d = 0; d < layout.HeadDim; d++)
        {
            narrowKeys[d / 2 * 2 * KvLayout.PanelPositions + (d & 1)] = Bf16.FromFloat(key[d]);
            narrowValues[d * 2] = Bf16.FromFloat(value[d]);
        }
    }

    /// <summary>Reads one head's key and value of one position, widened: checks and exports.</summary>
    public static void Read(
        NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position, Span<float> key, Span<float> value)
    {
        Check(memory, layout, page, layer, head, position);
        var panel = position / KvLayout.PanelPositions;
        var lane = position % KvLayout.PanelPositions;
        var keys = memory.Pointer + layout.KeyOffset(page, layer, head);
        var values = memory.Pointer + layout.ValueOffset(page, layer, head);
        for (var d = 0; d < layout.HeadDim; d++)
        {
            if (layout.Storage == PanelStorage.F32)
            {
                key[d] = ((float*)keys)[(long)panel * layout.KeyPanelElements + d * KvLayout.PanelPositions + lane];
                value[d] = ((float*)values)[(long)position * layout.PaddedHeadDim + d];
                continue;
            }

            var keyElement = (long)panel * layout.KeyPanelElements + d / 2 * 2 * KvLayout.PanelPositions + lane * 2 + (d & 1);
            key[d] = Bf16.ToFloat(((ushort*)keys)[keyElement]);
            value[d] = Bf16.ToFloat(((ushort*)values)[(long)(position / 2) * 2 * layout.PaddedHeadDim + (position & 1) + d * 2]);
        }
    }

    private static void Check(NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position)
    {
        if (page < 0 || (page + 1L) * layout.PageBytes > memory.Bytes)
            throw new ArgumentOutOfRangeException(nameof(page), $"Page {page} is not among the {memory.Bytes / layout.PageBytes} pages.");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)layout.Layers, nameof(layer));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)layout.KvHeads, nameof(head));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)KvLayout.PagePositions, nameof(position));
    }
}
