using Platform.Kernels;

namespace Platform.Engine;

/// <summary>The plain scalar kernels: slow, and the same bits as the fast ones.</summary>
internal sealed class ReferenceKernelSet : KernelSet
{
    public override string Name => "scalar reference";

    public override void Multiply(WorkerTeam team, GemmBatch batch) => GemmReference.Run(batch);

    public override void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, float epsilon, Span<float> y) =>
        NormsReference.Rms(x, scale, epsilon, y);

    public override void GatedNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gate, ReadOnlySpan<float> weight, float epsilon, Span<float> y) =>
        NormsReference.Gated(x, gate, weight, epsilon, y);

    public override void L2Norm(Span<float> x, float epsilon, float scale) => NormsReference.L2(x, epsilon, scale);

    public override void ConvToken(FloatRows taps, FloatRows history, FloatRows inputs, int token, Span<float> output) =>
        CausalConv.TokenReference(taps, history, inputs, token, output);

    public override void DeltaRule(in DeltaWalk walk) => GatedDelta.RunReference(walk);

    public override void SwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> result)
    {
        for (var i = 0; i < result.Length; i++)
            result[i] = ElementaryFunctions.Silu(gate[i]) * up[i];
    }

    public override void Attend(
        PagedAttention attention, StepContext step, KvCache cache, int layer, FloatRows queries, float scale, FloatRows output)
    {
        var headDim = cache.Layout.HeadDim;
        var heads = queries.Width / headDim;
        for (var row = 0; row < step.Rows; row++)
        {
            for (var head = 0; head < heads; head++)
            {
                AttentionReference.Row(
                    cache.Memory, cache.Layout, step.SegmentOf(row).State.Pages, layer, head / (heads / cache.Layout.KvHeads), step.PositionOf(row),
                    queries[row].Slice(head * headDim, headDim), scale, output[row].Slice(head * headDim, headDim));
            }
        }
    }
}
