namespace Platform.Model;

/// <summary>What to load of a checkpoint.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Leaves the vision tower out: its tensors are neither needed nor checked, and the config then has no vision part.</summary>
    public bool TextOnly { get; init; }

    /// <summary>Leaves the multi-token prediction head out: <c>mtp.*</c> tensors are neither needed nor checked.</summary>
    public bool WithoutMtp { get; init; }
}
