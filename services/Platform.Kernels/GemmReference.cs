namespace Platform.Kernels;

/// <summary>The plain form of <see cref="Gemm"/>: one output after the other, one scalar chain each. The oracle of the fast one.</summary>
public static class GemmReference
{
    /// <summary>Runs every product of the batch on the calling thread.</summary>
    public static void Run(GemmBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
            Run(batch[i]);
    }

    private static void Run(in GemmCall call)
    {
        if (call.Weights.Storage is PanelStorage.INT8 or PanelStorage.INT4)
        {
            RunBlocks(call);
            return;
        }

        var weights = new float[call.Weights.Inputs];
        for (var n = 0; n < call.Weights.Outputs; n++)
        {
            call.Weights.ReadRow(n, weights);
            for (var m = 0; m < call.X.Count; m++)
            {
                var sum = Chain(call.X[m], weights);
                call.Y[m][n] = call.Mode == GemmMode.AddTo ? call.Y[m][n] + sum : sum;
            }
        }
    }

    private static float Chain(ReadOnlySpan<float> x, ReadOnlySpan<float> weights)
    {
        var sum = 0f;
        for (var k = 0; k < x.Length; k++)
            sum = MathF.FusedMultiplyAdd(weights[k], x[k], sum);
        return sum;
    }

    private static unsafe void RunBlocks(in GemmCall call)
    {
        for (var m = 0; m < call.X.Count; m++)
        {
            var codes = InputCodesReference.Of(call.X[m]);
            for (var n = 0; n < call.Weights.Outputs; n++)
            {
                var sum = BlockChain(call.Weights.PanelOf(n), n % PackedMatrix.PanelRows, call.Weights.Inputs, codes, call.Weights.Storage);
                call.Y[m][n] = call.Mode == GemmMode.AddTo ? call.Y[m][n] + sum : sum;
            }
        }
    }

    private static unsafe float BlockChain(byte* panel, int lane, int inputs, in InputCodesReference codes, PanelStorage storage)
    {
        var sum = 0f;
        for (var half = 0; half < codes.Scales.Length; half++)
        {
            var integers = 0;
            for (var k = half * BlockLayout.HalfInputs; k < Math.Min((half + 1) * BlockLayout.HalfInputs, inputs); k++)
                integers += BlockPanels.Code(panel, lane, k, storage) * codes.Integers[k];
            sum = MathF.FusedMultiplyAdd(integers * codes.Scales[half], BlockPanels.Scale(panel, lane, half, storage), sum);
        }

        return sum;
    }
}
