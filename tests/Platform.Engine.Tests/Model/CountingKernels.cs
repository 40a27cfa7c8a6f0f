using Platform.Kernels;

namespace Platform.Engine.Tests.Model;

/// <summary>The fast kernels, counting what they are asked for: what a step costs, without a clock.</summary>
internal sealed class CountingKernels : KernelSet
{
    private long _products;
    private long _deltaTokens;
    private long _convTokens;
    private long _norms;

    /// <summary>Multiply-adds, tokens and rows outside attention since the last reset.</summary>
    public (long Products, long DeltaTokens, long ConvTokens, long Norms) Outside => (_products, _deltaTokens, _convTokens, _norms);

    /// <summary>(Row block, span of 512 positions) pairs that attention reads since the last reset.</summary>
    public long AttentionSpans { get; private set; }

    public void Reset()
    {
        (_products, _deltaTokens, _convTokens, _norms) = (0, 0, 0, 0);
        AttentionSpans = 0;
    }

    public override void Multiply(WorkerTeam team, GemmBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
            _products += (long)batch[i].X.Count * batch[i].Weights.Inputs * batch[i].Weights.Outputs;
        base.Multiply(team, batch);
    }

    public override void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, float epsilon, Span<float> y)
    {
        Interlocked.Increment(ref _norms);
        base.RmsNorm(x, scale, epsilon, y);
    }

    public override void ConvToken(FloatRows taps, FloatRows history, FloatRows inputs, int token, Span<float> output)
    {
        Interlocked.Increment(ref _convTokens);
        base.ConvToken(taps, history, inputs, token, output);
    }

    public override void DeltaRule(in DeltaWalk walk)
    {
        Interlocked.Add(ref _deltaTokens, walk.Values.Count);
        base.DeltaRule(walk);
    }

    public override void Attend(
        PagedAttention attention, StepContext step, KvCache cache, int layer, FloatRows queries, float scale, FloatRows output)
    {
        AttentionSpans += step.Plan.TotalSpans;
        base.Attend(attention, step, cache, layer, queries, scale, output);
    }
}
