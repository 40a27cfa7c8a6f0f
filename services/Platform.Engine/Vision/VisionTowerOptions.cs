namespace Platform.Engine;

/// <summary>How a vision tower computes.</summary>
public sealed record VisionTowerOptions
{
    /// <summary>Threads that compute, 1..64, the calling one included. Does not change any number.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>The most patches of one temporal patch (h·w); a picture beyond it is refused. A call reserves scratch for what it needs.</summary>
    public int MaxPatches { get; init; } = 65_536;

    /// <summary>Which implementation of the kernels runs; all give the same bits.</summary>
    public KernelTier Kernels { get; init; } = KernelTier.Auto;
}
