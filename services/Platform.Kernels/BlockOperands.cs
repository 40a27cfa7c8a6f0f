using System.Runtime.InteropServices;

namespace Platform.Kernels;

/// <summary>The operands of a tile of quantised weights; emitted code reads the record by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BlockOperands
{
    /// <summary>The panel.</summary>
    public byte* Weights;

    /// <summary>The first row's input codes.</summary>
    public byte* Codes;

    /// <summary>Bytes from row to row of codes.</summary>
    public long CodeStride;

    /// <summary>The first row's 16 outputs.</summary>
    public float* Y;

    /// <summary>Bytes from row to row of outputs.</summary>
    public long YStride;

    /// <summary>Blocks of 64 inputs.</summary>
    public long Blocks;
}
