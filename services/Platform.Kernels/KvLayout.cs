namespace Platform.Kernels;

/// <summary>
/// How keys and values lie in a page of <see cref="PagePositions"/> positions. A page holds every attention layer; a layer holds its keys,
/// then its values, then (INT8) the scales of both; each per kv head.
/// </summary>
/// <remarks>
/// Keys: panels of 16 positions, the head dimension outside and the positions in the lanes, so that scores need no horizontal sums. Values:
/// one row per position, padded to 16, the head dimension in the lanes. In BF16 and INT8 two neighbours in the walking order (dimensions for
/// keys, positions for values) lie side by side, the first in the low half. Both are therefore what the panels of packed weights are to a
/// matrix product. A position is written without touching another's bytes.
/// </remarks>
/// <param name="Layers">Attention layers, those of a draft head included.</param>
/// <param name="KvHeads">Key/value heads.</param>
/// <param name="HeadDim">Values in a head; at most <see cref="Int8Codes.MaxHeadDim"/> in INT8.</param>
/// <param name="Storage">How keys and values are kept.</param>
public sealed record KvLayout(int Layers, int KvHeads, int HeadDim, KvStorage Storage)
{
    /// <summary>Positions in a page.</summary>
    public const int PagePositions = 64;

    /// <summary>Positions in a key panel: the lanes of a vector.</summary>
    public const int PanelPositions = 16;

    internal const int PanelsPerPage = PagePositions / PanelPositions;

    /// <summary>Bytes of one element.</summary>
    public int ElementBytes => Storage switch { KvStorage.F32 => 4, KvStorage.BF16 => 2, _ => 1 };

    /// <summary>The head dimension padded to whole vectors, as value rows are stored.</summary>
    public int PaddedHeadDim => (HeadDim + 15) / 16 * 16;

    /// <summary>Elements of one key panel of one head.</summary>
    public int KeyPanelElements => (HeadDim + 1) / 2 * 2 * PanelPositions;

    /// <summary>Elements of one head's keys in a page.</summary>
    public int KeyHeadElements => KeyPanelElements * PanelsPerPage;

    /// <summary>Elements of one head's values in a page.</summary>
    public int ValueHeadElements => PagePositions * PaddedHeadDim;

    /// <summary>Bytes of one head's key scales, and of its value scales, in a page: none without INT8.</summary>
    public int ScaleHeadBytes => Storage == KvStorage.Int8 ? PagePositions * sizeof(float) : 0;

    /// <summary>Bytes of one layer in a page.</summary>
    public long LayerBytes => KvHeads * ((long)(KeyHeadElements + ValueHeadElements) * ElementBytes + 2 * ScaleHeadBytes);

    /// <summary>Bytes of a page over all layers.</summary>
    public long PageBytes => LayerBytes * Layers;

    /// <summary>Bytes that attention reads for one position of one kv head, scales included.</summary>
    public int PositionBytes => (KeyHeadElements + ValueHeadElements) / PagePositions * ElementBytes + 2 * ScaleHeadBytes / PagePositions;

    private long ValuesStart => (long)KvHeads * KeyHeadElements * ElementBytes;

    private long ScalesStart => ValuesStart + (long)KvHeads * ValueHeadElements * ElementBytes;

    internal long KeyOffset(int page, int layer, int head) => LayerStart(page, layer) + (long)head * KeyHeadElements * ElementBytes;

    internal long ValueOffset(int page, int layer, int head) =>
        LayerStart(page, layer) + ValuesStart + (long)head * ValueHeadElements * ElementBytes;

    internal long KeyScaleOffset(int page, int layer, int head) => LayerStart(page, layer) + ScalesStart + (long)head * ScaleHeadBytes;

    internal long ValueScaleOffset(int page, int layer, int head) => KeyScaleOffset(page, layer, KvHeads + head);

    private long LayerStart(int page, int layer) => page * PageBytes + layer * LayerBytes;
}
