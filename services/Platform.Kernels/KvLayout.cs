namespace Platform.Kernels;

/// <summary>
/// How keys and values lie in a page of <see cref="PagePositions"/> positions. A page holds every attention layer; a layer holds its keys,
/// then its values; both per kv head.
/// </summary>
/// <remarks>
/// Keys: panels of 16 positions, the head dimension outside and the positions in the lanes, so that scores need no horizontal sums. Values:
/// one row per position, padded to 16, the head dimension in the lanes. In BF16 two neighbours in the walking order (dimensions for keys,
/// positions for values) share a 32-bit lane, low half first. Both are therefore what the panels of packed weights are to a matrix product.
/// </remarks>
/// <param name="Layers">Attention layers, those of a draft head included.</param>
/// <param name="KvHeads">Key/value heads.</param>
/// <param name="HeadDim">Values in a head.</param>
/// <param name="Storage">Element type of keys and values.</param>
public sealed record KvLayout(int Layers, int KvHeads, int HeadDim, PanelStorage Storage)
{
    /// <summary>Positions in a page.</summary>
    public const int PagePositions = 64;

    /// <summary>Positions in a key panel: the lanes of a vector.</summary>
    public const int PanelPositions = 16;

    internal const int PanelsPerPage = PagePositions / PanelPositions;

    /// <summary>Bytes of one element.</summary>
    public int ElementBytes => Storage == PanelStorage.F32 ? 4 : 2;

    /// <summary>The head dimension padded to whole vectors, as value rows are stored.</summary>
    public int PaddedHeadDim => (HeadDim + 15) / 16 * 16;

    /// <summary>Elements of one key panel of one head.</summary>
    public int KeyPanelElements => (HeadDim + 1) / 2 * 2 * PanelPositions;

    /// <summary>Elements of one head's keys in a page.</summary>
    public int KeyHeadElements => KeyPanelElements * PanelsPerPage;

    /// <summary>Elements of one head's values in a page.</summary>
    public int ValueHeadElements => PagePositions * PaddedHeadDim;

    /// <summary>Bytes of one layer in a page.</summary>
    public long LayerBytes => (long)KvHeads * (KeyHeadElements + ValueHeadElements) * ElementBytes;

    /// <summary>Bytes of a page over all layers.</summary>
    public long PageBytes => LayerBytes * Layers;

    internal long KeyOffset(int page, int layer, int head) =>
        page * PageBytes + layer * LayerBytes + (long)head * KeyHeadElements * ElementBytes;

    internal long ValueOffset(int page, int layer, int head) =>
        page * PageBytes + layer * LayerBytes + ((long)KvHeads * KeyHeadElements + (long)head * ValueHeadElements) * ElementBytes;
}
