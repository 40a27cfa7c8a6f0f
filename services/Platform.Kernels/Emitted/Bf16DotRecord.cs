using System.Runtime.InteropServices;

namespace Platform.Kernels.Emitted;

/// <summary>What the emitted tile of bfloat16 pairs is given, and where in the record each lies. All fields are 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Bf16DotRecord
{
    public const int Weights = 0, Pairs = 8, PairStride = 16, Y = 24, YStride = 32, Depth = 40, PanelStride = 48;

    /// <summary>The first panel.</summary>
    public byte* WeightsAt;

    /// <summary>The first row's input pairs.</summary>
    public byte* PairsAt;

    /// <summary>Bytes from row to row of pairs.</summary>
    public long BytesPerRow;

    /// <summary>The first row's outputs.</summary>
    public float* YAt;

    /// <summary>Bytes from row to row of outputs.</summary>
    public long BytesPerResult;

    /// <summary>Pairs of inputs.</summary>
    public long PairCount;

    /// <summary>Bytes from panel to panel.</summary>
    public long BytesPerPanel;
}
