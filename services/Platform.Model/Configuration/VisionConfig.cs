namespace Platform.Model;

/// <summary>The vision tower's shape.</summary>
public sealed record VisionConfig
{
    public required int Depth { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumHeads { get; init; }

    public required int IntermediateSize { get; init; }

    public int PatchSize { get; init; } = 16;

    public int TemporalPatchSize { get; init; } = 2;

    public int SpatialMergeSize { get; init; } = 2;

    /// <summary>Width of what the merger gives; the text model's hidden size.</summary>
    public required int OutHiddenSize { get; init; }

    /// <summary>Rows of the learned position table, a square number.</summary>
    public int NumPositionEmbeddings { get; init; } = 2304;

    public int InChannels { get; init; } = 3;

    /// <summary>Channels of one attention head.</summary>
    public int HeadDim => HiddenSize / NumHeads;

    /// <summary>Values of one flattened patch: channels · frames · rows · columns.</summary>
    public int PatchElements => InChannels * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Width of the merger's input: the patches of one merge block side by side.</summary>
    public int MergedSize => HiddenSize * SpatialMergeSize * SpatialMergeSize;

    /// <summary>Side of the learned position table.</summary>
    public int PositionGridSide => (int)Math.Round(Math.Sqrt(NumPositionEmbeddings));
}
