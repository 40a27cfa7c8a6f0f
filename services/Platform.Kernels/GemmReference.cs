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
}
