namespace Platform.Engine;

/// <summary>What the prefix cache knows of a sequence's beginning.</summary>
/// <param name="Checkpoint">The deepest state to start from, or null.</param>
/// <param name="Known">Tokens whose keys and values are there, with or without a state at their end.</param>
/// <param name="OtherPicture">Where the agreement ends, both have a picture, but not the same.</param>
internal readonly record struct PrefixMatch(StateCheckpoint? Checkpoint, int Known, bool OtherPicture)
{
    /// <summary>Nothing.</summary>
    public static PrefixMatch None => default;

    /// <summary>Tokens that need not be computed.</summary>
    public int Length => Checkpoint?.Node.End ?? 0;

    /// <summary>Pages that are full and can be shared; a rest is copied.</summary>
    public int FullPages => Length / PageAllocator.PageLength;
}
