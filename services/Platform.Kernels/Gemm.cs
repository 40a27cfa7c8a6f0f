namespace Platform.Kernels;

/// <summary>
/// The matrix product y = x·Wᵀ over packed panels. Each output is one chain of fused multiply-adds over the inputs in order, whatever the
/// number of rows, threads or tiles, so a row's bits depend on nothing but the row and the matrix. <see cref="GemmReference"/> is the plain form.
/// </summary>
public static unsafe class Gemm
{
    private const int PanelsPerTile = PanelTile.Columns / PackedMatrix.PanelRows;
    private const int TasksPerThread = 4;

    /// <summary>Runs every product of the batch.</summary>
    public static void Run(WorkerTeam team, GemmBatch batch)
    {
        var tasks = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            batch.FirstTask[i] = tasks;
            tasks += Cut.Of(batch[i], team.Threads).Tasks;
        }

        batch.FirstTask[batch.Count] = tasks;
        team.Run(tasks, new Job { Batch = batch, Threads = team.Threads });
    }

    /// <summary>Rows [firstRow, firstRow + rows) against panels [firstPanel, firstPanel + panels) of one product, on this thread.</summary>
    private static void Part(in GemmCall call, int firstPanel, int panels, int firstRow, int rows)
    {
        var x = call.X.Pointer + (long)firstRow * call.X.Stride;
        var y = call.Y.Pointer + (long)firstRow * call.Y.Stride;
        if (call.Weights.Storage == PanelStorage.F32)
            Part<F32Panels>(call, firstPanel, panels, x, y, rows);
        else
            Part<Bf16Panels>(call, firstPanel, panels, x, y, rows);
    }

    private static void Part<TFormat>(in GemmCall call, int firstPanel, int panels, float* x, float* y, int rows)
        where TFormat : struct, IPanelFormat
    {
        var weights = call.Weights;
        var end = firstPanel + panels;
        var fullPanels = Math.Min(end, weights.Outputs / PackedMatrix.PanelRows);
        var panel = firstPanel;
        if (rows == 1)
        {
            for (; panel + PanelVector.Panels <= fullPanels; panel += PanelVector.Panels)
            {
                PanelVector.Run<TFormat>(
                    weights.Pointer + panel * weights.PanelBytes, weights.PanelBytes, x, weights.Inputs,
                    y + panel * PackedMatrix.PanelRows, call.Mode);
            }
        }

        for (; panel + PanelsPerTile <= fullPanels; panel += PanelsPerTile)
        {
            var tile = TileOf<TFormat>(call, panel, end);
            PanelTile.Run<TFormat>(tile, x, y + panel * PackedMatrix.PanelRows, rows);
        }

        for (; panel < end; panel += PanelsPerTile)
            Edge<TFormat>(call, panel, end, x, y + panel * PackedMatrix.PanelRows, rows);
    }

    // The last panels do not fill a tile: compute a whole one beside, with the last panel repeated, and copy the outputs that exist.
    private static void Edge<TFormat>(in GemmCall call, int panel, int end, float* x, float* y, int rows)
        where TFormat : struct, IPanelFormat
    {
        var columns = Math.Min(Math.Min(end - panel, PanelsPerTile) * PackedMatrix.PanelRows, call.Weights.Outputs - panel * PackedMatrix.PanelRows);
        var tile = TileOf<TFormat>(call, panel, end);
        tile.Mode = TileMode.Store;
        tile.YStride = PanelTile.Columns;
        var beside = stackalloc float[PanelTile.MaxRows * PanelTile.Columns];
        for (var row = 0; row < rows; row += PanelTile.MaxRows)
        {
            var now = Math.Min(PanelTile.MaxRows, rows - row);
            PanelTile.Run<TFormat>(tile, x + row * tile.XStride, beside, now);
            for (var r = 0; r < now; r++)
            {
                var source = new ReadOnlySpan<float>(beside + r * PanelTile.Columns, columns);
                var target = new Span<float>(y + (long)(row + r) * call.Y.Stride, columns);
                CopyOrAdd(source, target, call.Mode);
            }
        }
    }

    private static void CopyOrAdd(ReadOnlySpan<float> source, Span<float> target, GemmMode mode)
    {
        if (mode == GemmMode.Store)
        {
            source.CopyTo(target);
            return;
        }

        for (var i = 0; i < source.Length; i++)
            target[i] += source[i];
    }

    private static Tile TileOf<TFormat>(in GemmCall call, int panel, int end)
        where TFormat : struct, IPanelFormat
    {
        var weights = call.Weights;
        var start = weights.Pointer + panel * weights.PanelBytes;
        var last = end - 1 - panel;
        return new Tile
        {
            Panel0 = start,
            Panel1 = start + Math.Min(1, last) * weights.PanelBytes,
            Panel2 = start + Math.Min(2, last) * weights.PanelBytes,
            Panel3 = start + Math.Min(3, last) * weights.PanelBytes,
            PairStep = TFormat.PairBytes,
            Depth = weights.Inputs,
            XStride = call.X.Stride,
            YStride = call.Y.Stride,
            Mode = call.Mode == GemmMode.AddTo ? TileMode.AddTo : TileMode.Store,
        };
    }

    /// <summary>How a product is cut into tasks: by panels, and by rows too when there are few panels.</summary>
    private readonly record struct Cut(int PanelsPerTask, int PanelTasks, int RowsPerTask, int RowTasks)
    {
        public int Tasks => PanelTasks * RowTasks;

        public static Cut Of(in GemmCall call, int threads)
        {
            var wanted = threads * TasksPerThread;
            var panels = call.Weights.Panels;
            var perTask = Math.Max(PanelVector.Panels, panels / wanted / PanelVector.Panels * PanelVector.Panels);
            if (call.X.Count > PanelTile.MaxRows)
                perTask = Math.Max(PanelsPerTile, panels / wanted / PanelsPerTile * PanelsPerTile);
            var panelTasks = (panels + perTask - 1) / perTask;
            var rowTasks = Math.Clamp(wanted / panelTasks, 1, (call.X.Count + PanelTile.MaxRows - 1) / PanelTile.MaxRows);
            var rowsPerTask = (call.X.Count + rowTasks - 1) / rowTasks;
            rowsPerTask = (rowsPerTask + PanelTile.MaxRows - 1) / PanelTile.MaxRows * PanelTile.MaxRows;
            return new Cut(perTask, panelTasks, rowsPerTask, (call.X.Count + rowsPerTask - 1) / rowsPerTask);
        }
    }

    private struct Job : ITeamJob
    {
        public GemmBatch Batch;
        public int Threads;

        public readonly void Run(int task, int worker)
        {
            var index = Array.BinarySearch(Batch.FirstTask, 0, Batch.Count, task);
            if (index < 0)
                index = ~index - 1;
            ref readonly var call = ref Batch[index];
            var cut = Cut.Of(call, Threads);
            var local = task - Batch.FirstTask[index];
            var firstPanel = local % cut.PanelTasks * cut.PanelsPerTask;
            var firstRow = local / cut.PanelTasks * cut.RowsPerTask;
            Part(
                call,
                firstPanel,
                Math.Min(cut.PanelsPerTask, call.Weights.Panels - firstPanel),
                firstRow,
                Math.Min(cut.RowsPerTask, call.X.Count - firstRow));
        }
    }
}
