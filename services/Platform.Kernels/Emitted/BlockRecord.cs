using System.Runtime.InteropServices;

namespace Platform.Kernels.Emitted;

/// <summary>What the emitted tile of quantised weights is given, and where in the record each lies.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlockRecord
{
    public const int Weights = 0, Codes = 8, CodeStride = 16, Y = 24, YStride = 32, Blocks = 40, NibbleMask = 48;

    /// <summary>The operands of every tier.</summary>
    public BlockOperands Operands;

    /// <summary>0x0F in each byte.</summary>
    public int Mask;
}
