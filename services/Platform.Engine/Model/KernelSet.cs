using System.Runtime.Intrinsics;
using Platform.Kernels;

namespace Platform.Engine;

/// <summary>The kernels a model runs on. This is the fast tier; the reference tier and test-only ones override what they do otherwise.</summary>
internal class KernelSet(bool emitted = true)
{
    public static KernelSet Auto { get; } = new();

    /// <summary>Which kernels these are, for people.</summary>
    public virtual string Name =>
        $"{(Vector512.IsHardwareAccelerated ? "512" : "256")}-bit vectors, emitted code {(emitted ? EmittedCode.Description : "not asked for")}";

    /// <exception cref="ArgumentOutOfRangeException">The tier is not available here.</exception>
    public static KernelSet Of(KernelTier tier) => tier switch
    {
        KernelTier.Reference => new ReferenceKernelSet(),
        KernelTier.Vector => new KernelSet(emitted: false),
        KernelTier.Emitted when !EmittedCode.IsAvailable => throw new ArgumentOutOfRangeException(
            nameof(tier), $"Emitted kernels were asked for, but emitted code is {EmittedCode.Description}. Choose Auto, which takes the best there is."),
        _ => Auto,
    };

    public virtual void Multiply(WorkerTeam team, GemmBatch batch) => Gemm.Run(team, batch, emitted);

    public virtual void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, float epsilon, Span<float> y) =>
        Norms.Rms(x, scale, epsilon, y);

    public virtual void GatedNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gate, ReadOnlySpan<float> weight, float epsilon, Span<float> y) =>
        Norms.Gated(x, gate, weight, epsilon, y);

    public virtual void L2Norm(Span<float> x, float epsilon, float scale) => Norms.L2(x, epsilon, scale);

    public virtual void ConvToken(FloatRows taps, FloatRows history, FloatRows inputs, int token, Span<float> output) =>
        CausalConv.Token(taps, history, inputs, token, output);

    public virtual void DeltaRule(in DeltaWalk walk) => GatedDelta.Run(walk);

    public virtual void SwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> result) =>
        ElementaryFunctions.SwiGlu(gate, up, result);

    public virtual void Attend(
        PagedAttention attention, StepContext step, KvCache cache, int layer, FloatRows queries, float scale, FloatRows output) =>
        attention.Run(step.Plan, cache.Memory, layer, queries, scale, output);
}
