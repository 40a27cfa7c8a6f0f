namespace Platform.Kernels;

/// <summary>
/// Softmax attention of every row of a segment to every other, in both directions, as a vision tower has it. Keys are packed into panels of 16
/// rows; scores and sums are <see cref="PanelTile"/> products, so a row's bits do not depend on threads or blocks.
/// </summary>
public sealed unsafe class SegmentAttention : IDisposable
{
    private const int BlockRows = 24;

    private readonly WorkerTeam _team;
    private readonly int _heads;
    private readonly int _headDim;
    private readonly NativeBuffer _packed;
    private readonly NativeBuffer _workers;

    /// <summary>Reserves scratch memory for segments of up to <paramref name="maxRows"/> rows.</summary>
    public SegmentAttention(WorkerTeam team, int heads, int headDim, int maxRows)
    {
        _team = team;
        _heads = heads;
        _headDim = headDim;
        _packed = new NativeBuffer(heads * HeadFloats(maxRows) * sizeof(float));
        _workers = new NativeBuffer(team.Threads * WorkerFloats(maxRows) * sizeof(float));
    }

    private int PaddedDim => (_headDim + 15) / 16 * 16;

    private int TileDim => (_headDim + PanelTile.Columns - 1) / PanelTile.Columns * PanelTile.Columns;

    /// <summary>output = softmax(q·kᵀ·scale)·v over the rows given.</summary>
    /// <param name="projected">[n, 3·heads·D]: queries, keys, values, each head-major; queries and keys already rotated.</param>
    /// <param name="scale">D^−½.</param>
    /// <param name="output">[n, heads·D].</param>
    public void Run(FloatRows projected, float scale, FloatRows output)
    {
        var rows = projected.Count;
        if (projected.Width != 3 * _heads * _headDim || output.Width != _heads * _headDim || output.Count != rows)
            throw new ArgumentException($"Rows of {projected.Width} and {output.Width} values do not hold {_heads} heads of {_headDim}.");
        if (_heads * HeadFloats(rows) * sizeof(float) > _packed.Bytes)
            throw new ArgumentException($"A segment of {rows} rows is larger than the scratch memory was reserved for.");
        var job = new Job { Owner = this, Projected = projected, Output = output, Scale = scale };
        _team.Run(_heads, job);
        job.Attends = true;
        _team.Run(_heads * ((rows + BlockRows - 1) / BlockRows), job);
    }

    /// <summary>Gives the scratch memory back.</summary>
    public void Dispose()
    {
        _packed.Dispose();
        _workers.Dispose();
    }

    private static int PaddedRows(int rows) => (rows + PanelTile.Columns - 1) / PanelTile.Columns * PanelTile.Columns;

    private long KeyFloats(int rows) => (long)PaddedRows(rows) * _headDim;

    private long HeadFloats(int rows) => KeyFloats(rows) + (long)rows * PaddedDim + 64;

    private long WorkerFloats(int rows) => (long)BlockRows * (PaddedRows(rows) + _headDim + TileDim) + 64;

    private struct Job : ITeamJob
    {
        public SegmentAttention Owner;
        public FloatRows Projected;
        public FloatRows Output;
        public float Scale;
        public bool Attends;

        public readonly void Run(int task, int worker)
        {
            if (Attends)
                Attend(task % Owner._heads, task / Owner._heads * BlockRows, worker);
            else
                Pack(task);
        }

        private readonly float* Keys(int head) => (float*)Owner._packed.Pointer + head * Owner.HeadFloats(Projected.Count);

        private readonly float* Values(int head) => Keys(head) + Owner.KeyFloats(Projected.Count);

        private readonly void Pack(int head)
        {
            int dim = Owner._headDim, padded = Owner.PaddedDim;
            float* keys = Keys(head), values = Values(head);
            new Span<float>(keys, checked((int)Owner.KeyFloats(Projected.Count))).Clear();
            for (var row = 0; row < Projected.Count; row++)
            {
                var key = Projected[row].Slice((Owner._heads + head) * dim, dim);
                var panel = keys + (long)(row / 16) * 16 * dim + row % 16;
                for (var d = 0; d < dim; d++)
                    panel[d * 16] = key[d];
                var target = new Span<float>(values + (long)row * padded, padded);
                target.Clear();
                Projected[row].Slice((2 * Owner._heads + head) * dim, dim).CopyTo(target);
            }
        }

        private readonly void Attend(int head, int firstRow, int worker)
        {
            var rows = Math.Min(BlockRows, Projected.Count - firstRow);
            int dim = Owner._headDim, width = PaddedRows(Projected.Count);
            var queries = (float*)Owner._workers.Pointer + worker * Owner.WorkerFloats(Projected.Count);
            var sums = queries + BlockRows * (long)dim;
            var scores = sums + BlockRows * (long)Owner.TileDim;
            for (var row = 0; row < rows; row++)
                Projected[firstRow + row].Slice(head * dim, dim).CopyTo(new Span<float>(queries + row * (long)dim, dim));

            Scores(head, queries, scores, rows, width);
            var totals = stackalloc float[BlockRows];
            for (var row = 0; row < rows; row++)
            {
                var weights = new Span<float>(scores + row * (long)width, Projected.Count);
                ElementwiseRows.Scale(weights, Scale);
                totals[row] = Lanes.ExpAndSum(weights, Lanes.Max(weights));
            }

            Sums(head, scores, sums, rows, width);
            for (var row = 0; row < rows; row++)
            {
                var target = Output[firstRow + row].Slice(head * dim, dim);
                new Span<float>(sums + row * (long)Owner.TileDim, dim).CopyTo(target);
                ElementwiseRows.Scale(target, 1f / totals[row]);
            }
        }

        private readonly void Scores(int head, float* queries, float* scores, int rows, int width)
        {
            var panelFloats = 16L * Owner._headDim;
            for (var position = 0; position < width; position += PanelTile.Columns)
            {
                var keys = Keys(head) + position / 16 * panelFloats;
                var tile = new Tile
                {
                    Panel0 = (byte*)keys,
                    Panel1 = (byte*)(keys + panelFloats),
                    Panel2 = (byte*)(keys + 2 * panelFloats),
                    Panel3 = (byte*)(keys + 3 * panelFloats),
                    PairStep = F32Panels.PairBytes,
                    Depth = Owner._headDim,
                    XStride = Owner._headDim,
                    YStride = width,
                    Mode = TileMode.Store,
                };
                PanelTile.Run<F32Panels>(tile, queries, scores + position, rows);
            }
        }

        private readonly void Sums(int head, float* scores, float* sums, int rows, int width)
        {
            var values = Values(head);
            var last = Owner.PaddedDim / 16 - 1;
            for (var vector = 0; vector <= last; vector += 4)
            {
                var tile = new Tile
                {
                    Panel0 = (byte*)(values + vector * 16),
                    Panel1 = (byte*)(values + Math.Min(vector + 1, last) * 16),
                    Panel2 = (byte*)(values + Math.Min(vector + 2, last) * 16),
                    Panel3 = (byte*)(values + Math.Min(vector + 3, last) * 16),
                    PairStep = 2L * Owner.PaddedDim * sizeof(float),
                    Depth = Projected.Count,
                    XStride = width,
                    YStride = Owner.TileDim,
                    Mode = TileMode.Store,
                };
                PanelTile.Run<F32Panels>(tile, scores, sums + vector * 16, rows);
            }
        }
    }
}
