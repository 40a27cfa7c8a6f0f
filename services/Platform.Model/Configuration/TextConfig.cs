namespace Platform.Model;

/// <summary>The decoder's shape, from <c>config.json</c>. Notation in brackets as in the model's papers.</summary>
public sealed record TextConfig
{
    /// <summary>Rows of the embedding table (V); more than the tokenizer has ids.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Width of the residual stream (H).</summary>
    public required int HiddenSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary>Query heads of full attention (Nq).</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Key and value heads of full attention (Nkv), a divisor of the query heads.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Channels of a full-attention head (D); not hidden size over heads.</summary>
    public int HeadDim { get; init; } = 256;

    /// <summary>Key heads of linear attention (Hk).</summary>
    public int LinearNumKeyHeads { get; init; } = 16;

    /// <summary>Value heads of linear attention (Hv), a multiple of the key heads.</summary>
    public int LinearNumValueHeads { get; init; } = 32;

    /// <summary>Channels of a linear-attention key head (Dk).</summary>
    public int LinearKeyHeadDim { get; init; } = 128;

    /// <summary>Channels of a linear-attention value head (Dv).</summary>
    public int LinearValueHeadDim { get; init; } = 128;

    /// <summary>Taps of the causal convolution (K).</summary>
    public int LinearConvKernelDim { get; init; } = 4;

    /// <summary>Width of the dense feed-forward; 0 in a mixture of experts.</summary>
    public int IntermediateSize { get; init; }

    /// <summary>Experts per layer (E); 0 in a dense model.</summary>
    public int NumExperts { get; init; }

    /// <summary>Experts each token goes to (k); 0 in a dense model.</summary>
    public int NumExpertsPerTok { get; init; }

    /// <summary>Width of one expert (I); 0 in a dense model.</summary>
    public int MoeIntermediateSize { get; init; }

    /// <summary>Width of the shared expert; 0 in a dense model.</summary>
    public int SharedExpertIntermediateSize { get; init; }

    public required RopeParameters Rope { get; init; }

    /// <summary>The mixer of each layer; as many as there are layers.</summary>
    public required IReadOnlyList<LayerKind> LayerTypes { get; init; }

    /// <summary>Layers of the multi-token prediction head the config announces; 0 for none.</summary>
    public int MtpNumHiddenLayers { get; init; }

    /// <summary>Longest context the model was made for, in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 262_144;

    /// <summary>Ids that end a text, as the config says; generation_config.json has the last word. May be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Whether q, k, v and o projections of full attention have a bias; false in every release.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>The first id that ends a text, or null.</summary>
    public int? EosTokenId => EosTokenIds.Count > 0 ? EosTokenIds[0] : null;

    /// <summary>Whether the feed-forward is a mixture of experts (in every layer) rather than one dense network.</summary>
    public bool IsMoe => NumExperts > 0;

    /// <summary>Hk · Dk.</summary>
    public int KeyDim => LinearNumKeyHeads * LinearKeyHeadDim;

    /// <summary>Hv · Dv.</summary>
    public int ValueDim => LinearNumValueHeads * LinearValueHeadDim;

    /// <summary>Channels of the causal convolution: queries, keys and values, 2·KeyDim + ValueDim.</summary>
    public int ConvDim => 2 * KeyDim + ValueDim;

    /// <summary>Rotated channels of each full-attention head, even.</summary>
    public int RotaryDim => (int)(HeadDim * Rope.PartialRotaryFactor);

    /// <summary>Longest context that can be served, in tokens: stretched when the rope is YaRN.</summary>
    public int MaxPositions => Rope is { IsYarn: true, OriginalMaxPositionEmbeddings: { } original }
        ? Math.Max(MaxPositionEmbeddings, (int)Math.Min(int.MaxValue, Rope.Factor * original))
        : MaxPositionEmbeddings;

    /// <summary>The pattern used when a config lists no layer types: full attention at every <paramref name="interval"/>-th layer.</summary>
    public static IReadOnlyList<LayerKind> DeriveLayerTypes(int layers, int interval) =>
        [.. Enumerable.Range(1, layers).Select(i => i % interval == 0 ? LayerKind.FullAttention : LayerKind.LinearAttention)];
}
