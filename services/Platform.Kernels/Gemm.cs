using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>
/// The matrix product y = x·Wᵀ over packed panels. Each output is one chain of fused multiply-adds over the inputs in order (over blocks of
/// 32 inputs where weights are quantised, each an exact integer sum), whatever the number of rows, threads or tiles and whichever
/// instructions compute it, so a row's bits depend on nothing but the row and the matrix. <see cref="GemmReference"/> is the plain form.
/// </summary>
public static unsafe class Gemm
{
    /// <summary>Runs every product of the batch.</summary>
    /// <param name="team">Who computes.</param>
    /// <param name="batch">Independent products.</param>
    /// <param name="emitted">Whether emitted code may be used where it is available; it changes the speed and no bit.</param>
    public static void Run(WorkerTeam team, GemmBatch batch, bool emitted = true) => Run(team, batch, emitted ? EmittedTiles.Here : null);

    /// <summary>The same with these tiles, or none.</summary>
    internal static void Run(WorkerTeam team, GemmBatch batch, EmittedTiles? tiles)
    {
        if (batch.Count == 0)
            return;
        batch.Inputs.Plan(batch, pairs: tiles?.Has(PanelStorage.BF16Dot) ?? false);
        batch.Inputs.Write(team);
        batch.Plan.Make(batch, team.Threads);
        team.Run(batch.Plan.Tasks, new Job { Batch = batch, Tiles = tiles });
    }

    private struct Job : ITeamJob
    {
        public GemmBatch Batch;
        public EmittedTiles? Tiles;

        public readonly void Run(int task, int worker)
        {
            var index = Batch.Plan.CallOf(task);
            ref readonly var call = ref Batch[index];
            var range = Batch.Plan.RangeOf(task, call);
            var stride = Batch.Inputs.StrideOf(index);
            switch (call.Weights.Storage)
            {
                case PanelStorage.F32:
                    Floats<F32Panels>(call, range);
                    break;
                case PanelStorage.BF16:
                    Floats<Bf16Panels>(call, range);
                    break;
                case PanelStorage.BF16Dot when stride == 0:
                    Floats<Bf16DotPanels>(call, range);
                    break;
                case PanelStorage.BF16Dot:
                    Bf16DotProduct.Run(call, Batch.Inputs.CodesOf(index), stride, range, Tiles!);
                    break;
                default:
                    BlockProduct.Run(call, Batch.Inputs.CodesOf(index), stride, range, Tiles?.Has(call.Weights.Storage) == true ? Tiles : null);
                    break;
            }
        }

        private static void Floats<TFormat>(in GemmCall call, in GemmRange range)
            where TFormat : struct, IPanelFormat => FloatProduct.Run<TFormat>(
            call, range.FirstPanel, range.Panels, call.X.Pointer + (long)range.FirstRow * call.X.Stride,
            call.Y.Pointer + (long)range.FirstRow * call.Y.Stride, range.Rows);
    }
}
