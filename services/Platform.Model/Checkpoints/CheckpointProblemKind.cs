namespace Platform.Model;

/// <summary>What is wrong with a checkpoint.</summary>
public enum CheckpointProblemKind
{
    /// <summary>A value of config.json or another JSON file is absent, of the wrong type or out of range.</summary>
    Config,

    /// <summary>A file is absent, unreadable or no safetensors file.</summary>
    File,

    /// <summary>A tensor the config calls for is absent.</summary>
    Missing,

    /// <summary>A tensor the config has no place for.</summary>
    Extra,

    /// <summary>A tensor appears twice, or in two forms.</summary>
    Duplicate,

    /// <summary>A tensor has another shape than the config calls for.</summary>
    Shape,

    /// <summary>A tensor is stored in a type its place cannot take.</summary>
    Type,

    /// <summary>A tensor's bytes lie outside the file, or are too few or too many for its shape.</summary>
    Bytes,

    /// <summary>An FP8 weight has no scales.</summary>
    MissingScale,

    /// <summary>A scale is NaN, infinite or negative.</summary>
    Scale,

    /// <summary>A stored weight is no number.</summary>
    Value,
}
