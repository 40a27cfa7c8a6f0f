namespace Platform.Engine;

/// <summary>An implementation of the kernels. Tiers that share a numerics id agree bit for bit.</summary>
public enum KernelTier
{
    /// <summary>The fastest one this machine has: vectors of 512 or 256 bits.</summary>
    Auto,

    /// <summary>The plain scalar one, as an oracle; slow.</summary>
    Reference,
}
