namespace Platform.Model;

/// <summary>Block-FP8 storage: e4m3 codes with one scale per block, counted from the top-left corner.</summary>
public sealed record QuantizationConfig
{
    /// <summary>Rows of a block; 128 in released files.</summary>
    public int BlockRows { get; init; } = 128;

    /// <summary>Columns of a block; 128 in released files.</summary>
    public int BlockColumns { get; init; } = 128;

    /// <summary>Modules kept in full precision, by the names the file uses. For information: what is FP8 is read from the tensors.</summary>
    public IReadOnlyList<string> ModulesToNotConvert { get; init; } = [];
}
