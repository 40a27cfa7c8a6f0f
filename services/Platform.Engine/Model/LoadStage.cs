namespace Platform.Engine;

/// <summary>What loading a model is doing.</summary>
public enum LoadStage
{
    /// <summary>Reads the checkpoint's tensors and packs them.</summary>
    Packing,

    /// <summary>Maps and checks a file of packed weights.</summary>
    Mapping,

    /// <summary>Writes a file of packed weights for the next start.</summary>
    Writing,
}
