namespace Platform.Engine;

/// <summary>How a text model computes. Checked when the model is loaded.</summary>
public sealed record TextModelOptions
{
    /// <summary>Threads that compute a step, 1..64, the engine's own included. Does not change any number.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>The number format; part of the numerics id.</summary>
    public ComputeFormat Format { get; init; } = ComputeFormat.F32;

    /// <summary>The most tokens one step feeds, over all its segments. Scratch memory grows with it. At least 1.</summary>
    public int MaxBatchedTokens { get; init; } = 512;

    /// <summary>Which implementation of the kernels runs; all give the same bits.</summary>
    public KernelTier Kernels { get; init; } = KernelTier.Auto;

    /// <summary>Kernels of a test, in place of the tier's.</summary>
    internal KernelSet? KernelOverride { get; init; }
}
