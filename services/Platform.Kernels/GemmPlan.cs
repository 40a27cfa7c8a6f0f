namespace Platform.Kernels;

/// <summary>
/// How the products of a batch are cut into tasks: so many for each as its share of the whole work, panels first, rows where there are few
/// panels. A task finds its product by a look-up, since a batch may be a hundred small ones. Grows to the largest batch and stays.
/// </summary>
internal sealed class GemmPlan
{
    private const int TasksPerThread = 4;

    private Cut[] _cuts = new Cut[4];
    private int[] _callOfTask = new int[64];

    /// <summary>Tasks of the batch.</summary>
    public int Tasks { get; private set; }

    /// <summary>Cuts the batch for a team.</summary>
    public void Make(GemmBatch batch, int threads)
    {
        if (_cuts.Length < batch.Count)
            Array.Resize(ref _cuts, 2 * batch.Count);
        var wanted = (double)threads * TasksPerThread;
        var work = 0.0;
        for (var i = 0; i < batch.Count; i++)
            work += WorkOf(batch[i]);
        Tasks = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var cut = Cut.Of(batch[i], Math.Max(1, (int)Math.Round(wanted * WorkOf(batch[i]) / work)), Tasks);
            _cuts[i] = cut;
            if (Tasks + cut.Tasks > _callOfTask.Length)
                Array.Resize(ref _callOfTask, 2 * (Tasks + cut.Tasks));
            _callOfTask.AsSpan(Tasks, cut.Tasks).Fill(i);
            Tasks += cut.Tasks;
        }
    }

    /// <summary>Which product a task belongs to.</summary>
    public int CallOf(int task) => _callOfTask[task];

    /// <summary>Which part of it.</summary>
    public GemmRange RangeOf(int task, in GemmCall call)
    {
        var cut = _cuts[CallOf(task)];
        var local = task - cut.FirstTask;
        var firstPanel = local % cut.PanelTasks * cut.PanelsPerTask;
        var firstRow = local / cut.PanelTasks * cut.RowsPerTask;
        return new GemmRange(
            firstPanel,
            Math.Min(cut.PanelsPerTask, call.Weights.Panels - firstPanel),
            firstRow,
            Math.Min(cut.RowsPerTask, call.X.Count - firstRow));
    }

    // A panel costs its bytes once and its arithmetic per row; some four rows' worth of it hide behind the bytes.
    private static double WorkOf(in GemmCall call) => (double)call.Weights.Panels * call.Weights.PanelBytes * (4 + call.X.Count);

    private readonly record struct Cut(int FirstTask, int PanelsPerTask, int PanelTasks, int RowsPerTask, int Tasks)
    {
        public static Cut Of(in GemmCall call, int wanted, int firstTask)
        {
            var panels = call.Weights.Panels;
            var (panelStep, rowStep) = Steps(call);
            var perTask = Math.Max(panelStep, panels / wanted / panelStep * panelStep);
            var panelTasks = (panels + perTask - 1) / perTask;
            var rowTasks = Math.Clamp(wanted / panelTasks, 1, (call.X.Count + rowStep - 1) / rowStep);
            var rowsPerTask = (call.X.Count + rowTasks - 1) / rowTasks;
            rowsPerTask = (rowsPerTask + rowStep - 1) / rowStep * rowStep;
            return new Cut(firstTask, perTask, panelTasks, rowsPerTask, panelTasks * ((call.X.Count + rowsPerTask - 1) / rowsPerTask));
        }

        // The panels and rows that the storage's largest tile takes at once.
        private static (int Panels, int Rows) Steps(in GemmCall call) => call.Weights.Storage switch
        {
            PanelStorage.INT8 or PanelStorage.INT4 => (1, Emitted.BlockTileCode.MaxRows),
            PanelStorage.BF16Dot => (4, Emitted.Bf16DotCode.MaxRows),
            _ => (call.X.Count > PanelTile.MaxRows ? PanelTile.Columns / PackedMatrix.PanelRows : PanelVector.Panels, PanelTile.MaxRows),
        };
    }
}
