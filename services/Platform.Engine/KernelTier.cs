namespace Platform.Engine;

/// <summary>An implementation of the kernels. All give the same bits.</summary>
public enum KernelTier
{
    /// <summary>The fastest one this machine has.</summary>
    Auto,

    /// <summary>Machine code for the processor's dot products beside the vectors; refused at load where it is not available.</summary>
    Emitted,

    /// <summary>Vectors of 512 or 256 bits through .NET.</summary>
    Vector,

    /// <summary>The plain scalar one, as an oracle; slow.</summary>
    Reference,
}
