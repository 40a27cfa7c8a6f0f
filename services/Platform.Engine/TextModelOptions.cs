using Platform.Kernels;

namespace Platform.Engine;

/// <summary>How a text model computes. Checked when the model is loaded.</summary>
public sealed record TextModelOptions
{
    /// <summary>Threads that compute a step, 1..64, the engine's own included. Does not change any number.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>The number format; part of the numerics id.</summary>
    public ComputeFormat Format { get; init; } = ComputeFormat.F32;

    /// <summary>How keys and values are cached; part of the numerics id.</summary>
    public KvFormat Kv { get; init; } = KvFormat.Auto;

    /// <summary>The form of the large matrices; part of the numerics id.</summary>
    public WeightPacking Weights { get; init; } = WeightPacking.AsStored;

    /// <summary>The most tokens one step feeds, over all its segments. Scratch memory grows with it. At least 1.</summary>
    public int MaxBatchedTokens { get; init; } = 512;

    /// <summary>Which implementation of the kernels runs; all give the same bits.</summary>
    public KernelTier Kernels { get; init; } = KernelTier.Auto;

    /// <summary>Where packed weights are kept for the next start. Does not change any number.</summary>
    public PackedWeights Packed { get; init; } = PackedWeights.Off;

    /// <summary><see cref="Kv"/> with Auto resolved.</summary>
    internal KvStorage KvStorage => Kv switch
    {
        KvFormat.F32 => KvStorage.F32,
        KvFormat.BF16 => KvStorage.BF16,
        KvFormat.Int8 => KvStorage.Int8,
        _ => AutoKvStorage,
    };

    /// <summary>What Auto stands for: the numerics id names another choice only.</summary>
    internal KvStorage AutoKvStorage => Format == ComputeFormat.F32 ? KvStorage.F32 : KvStorage.BF16;

    /// <summary>Kernels of a test, in place of the tier's.</summary>
    internal KernelSet? KernelOverride { get; init; }
}
