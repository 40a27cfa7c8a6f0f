using Platform.Kernels;

namespace Platform.Engine.Tests;

/// <summary>What law 1 forbids: with more than one row in the step each product is computed in two halves of K that are added at the end.</summary>
internal sealed class SplitByBatchKernels : KernelSet
{
    public override void Multiply(WorkerTeam team, GemmBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var call = batch[i];
            if (call.X.Count == 1)
            {
                RunHalf(team, call, call.X, call.Mode);
                continue;
            }

            // Zeros add nothing to a chain of fused multiply-adds, so a row with one half zeroed gives the other half's chain.
            var middle = call.X.Width / 2;
            using var low = HalfOf(call.X, 0, middle);
            using var high = HalfOf(call.X, middle, call.X.Width);
            RunHalf(team, call, Rows(low, call.X), call.Mode);
            RunHalf(team, call, Rows(high, call.X), GemmMode.AddTo);
        }
    }

    private static NativeBuffer HalfOf(FloatRows x, int from, int to)
    {
        var buffer = new NativeBuffer((long)x.Count * x.Width * sizeof(float));
        for (var row = 0; row < x.Count; row++)
            x[row][from..to].CopyTo(Rows(buffer, x)[row][from..]);
        return buffer;
    }

    private static FloatRows Rows(NativeBuffer buffer, FloatRows like) => buffer.Rows(0, like.Count, like.Width, like.Width);

    private static void RunHalf(WorkerTeam team, GemmCall call, FloatRows x, GemmMode mode)
    {
        using var half = new GemmBatch();
        half.Add(call.Weights, x, call.Y, mode);
        Gemm.Run(team, half);
    }
}
