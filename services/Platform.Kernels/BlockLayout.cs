namespace Platform.Kernels;

/// <summary>
/// Where weights of a quantised panel lie: blocks of 64 inputs, each two halves of 32 inputs that have a scale per output.
/// </summary>
/// <remarks>
/// INT8: 16 groups of 64 bytes, a group being 4 inputs of the 16 outputs ([output][4], the weight + 128), then 32 bfloat16 scales ([half][output]).
/// INT4: 8 groups of 64 bytes, 4 in each half; group j of a half holds inputs 4j.. in the low nibbles and 16 + 4j.. in the high ones (the
/// weight + 8), then the scales. Inputs past the end are zeros with scale zero.
/// </remarks>
internal static class BlockLayout
{
    /// <summary>Inputs that share a scale.</summary>
    public const int HalfInputs = 32;

    /// <summary>Inputs of a block.</summary>
    public const int BlockInputs = 2 * HalfInputs;

    /// <summary>Bytes of the weights of 4 inputs (or twice 4 with nibbles) of a panel.</summary>
    public const int GroupBytes = 64;

    /// <summary>Inputs of one output in a group.</summary>
    public const int GroupInputs = 4;

    /// <summary>Bytes of a half's scales.</summary>
    public const int ScaleBytes = PackedMatrix.PanelRows * sizeof(ushort);

    /// <summary>What is added to an 8-bit weight to store it.</summary>
    public const int Offset8 = 128;

    /// <summary>What is added to a 4-bit weight to store it.</summary>
    public const int Offset4 = 8;

    /// <summary>Blocks of a panel.</summary>
    public static int Blocks(int inputs) => (inputs + BlockInputs - 1) / BlockInputs;

    /// <summary>Bytes of the weights of a block, where its scales start.</summary>
    public static int WeightBytes(PanelStorage storage) => PackedMatrix.PanelRows * BlockInputs / (storage == PanelStorage.INT8 ? 1 : 2);

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(PanelStorage storage) => WeightBytes(storage) + 2 * ScaleBytes;
}
