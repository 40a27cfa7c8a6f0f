namespace Platform.Kernels;

/// <summary>Writes and reads single positions of the paged key/value memory. The layout is <see cref="KvLayout"/>'s.</summary>
public static unsafe class KvPages
{
    /// <summary>Writes one head's key and value of one position, and no byte of another position.</summary>
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
        var place = PlaceOf(memory, layout, page, layer, head, position);
        if (key.Length != layout.HeadDim || value.Length != layout.HeadDim)
            throw new ArgumentException($"A key of {key.Length} and a value of {value.Length} do not fit heads of {layout.HeadDim}.", nameof(key));
        switch (layout.Storage)
        {
            case KvStorage.F32:
                for (var d = 0; d < key.Length; d++)
                {
                    ((float*)place.Keys)[d * KvLayout.PanelPositions] = key[d];
                    ((float*)place.Values)[d] = value[d];
                }

                break;
            case KvStorage.BF16:
                for (var d = 0; d < key.Length; d++)
                {
                    ((ushort*)place.Keys)[Place.KeyPair(d)] = Bf16.FromFloat(key[d]);
                    ((ushort*)place.Values)[d * 2] = Bf16.FromFloat(value[d]);
                }

                break;
            default:
                WriteCodes(place, key, value);
                break;
        }
    }

    /// <summary>Reads one head's key and value of one position, widened: checks and exports.</summary>
    public static void Read(
        NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position, Span<float> key, Span<float> value)
    {
        var place = PlaceOf(memory, layout, page, layer, head, position);
        for (var d = 0; d < layout.HeadDim; d++)
        {
            switch (layout.Storage)
            {
                case KvStorage.F32:
                    key[d] = ((float*)place.Keys)[d * KvLayout.PanelPositions];
                    value[d] = ((float*)place.Values)[d];
                    break;
                case KvStorage.BF16:
                    key[d] = Bf16.ToFloat(((ushort*)place.Keys)[Place.KeyPair(d)]);
                    value[d] = Bf16.ToFloat(((ushort*)place.Values)[d * 2]);
                    break;
                default:
                    key[d] = ((sbyte*)place.Keys)[Place.KeyPair(d)] * *place.KeyScale;
                    value[d] = ((sbyte*)place.Values)[d * 2] * *place.ValueScale;
                    break;
            }
        }
    }

    /// <summary>Reads one head's INT8 codes and scales of one position: what the plain form of attention computes with.</summary>
    internal static (float KeyScale, float ValueScale) ReadCodes(
        NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position, Span<sbyte> key, Span<sbyte> value)
    {
        var place = PlaceOf(memory, layout, page, layer, head, position);
        for (var d = 0; d < layout.HeadDim; d++)
        {
            key[d] = ((sbyte*)place.Keys)[Place.KeyPair(d)];
            value[d] = ((sbyte*)place.Values)[d * 2];
        }

        return (*place.KeyScale, *place.ValueScale);
    }

    private static void WriteCodes(in Place place, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        *place.KeyScale = Int8Codes.Scale(key, Int8Codes.KvMax, out var keyInverse);
        *place.ValueScale = Int8Codes.Scale(value, Int8Codes.KvMax, out var valueInverse);
        for (var d = 0; d < key.Length; d++)
        {
            ((sbyte*)place.Keys)[Place.KeyPair(d)] = (sbyte)Int8Codes.Code(key[d], keyInverse);
            ((sbyte*)place.Values)[d * 2] = (sbyte)Int8Codes.Code(value[d], valueInverse);
        }
    }

    private static Place PlaceOf(NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position)
    {
        Check(memory, layout, page, layer, head, position);
        var panel = position / KvLayout.PanelPositions;
        var lane = position % KvLayout.PanelPositions;
        var paired = layout.Storage != KvStorage.F32;
        var keyElement = (long)panel * layout.KeyPanelElements + (paired ? lane * 2 : lane);
        var valueElement = paired ? (long)(position / 2) * 2 * layout.PaddedHeadDim + (position & 1) : (long)position * layout.PaddedHeadDim;
        return new Place
        {
            Keys = memory.Pointer + layout.KeyOffset(page, layer, head) + keyElement * layout.ElementBytes,
            Values = memory.Pointer + layout.ValueOffset(page, layer, head) + valueElement * layout.ElementBytes,
            KeyScale = (float*)(memory.Pointer + layout.KeyScaleOffset(page, layer, head)) + position,
            ValueScale = (float*)(memory.Pointer + layout.ValueScaleOffset(page, layer, head)) + position,
        };
    }

    private static void Check(NativeBuffer memory, KvLayout layout, int page, int layer, int head, int position)
    {
        if (page < 0 || (page + 1L) * layout.PageBytes > memory.Bytes)
            throw new ArgumentOutOfRangeException(nameof(page), $"Page {page} is not among the {memory.Bytes / layout.PageBytes} pages.");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)layout.Layers, nameof(layer));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)layout.KvHeads, nameof(head));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)KvLayout.PagePositions, nameof(position));
    }

    /// <summary>Where a position's first key and value elements lie, and its scales (INT8 alone has them).</summary>
    private struct Place
    {
        public byte* Keys, Values;
        public float* KeyScale, ValueScale;

        /// <summary>Elements from a key's first to its d-th where two dimensions share a lane.</summary>
        public static int KeyPair(int d) => d / 2 * 2 * KvLayout.PanelPositions + (d & 1);
    }
}
