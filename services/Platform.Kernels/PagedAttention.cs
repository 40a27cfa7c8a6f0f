using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>
/// Causal softmax attention over paged keys and values: spans of 512 positions computed each by itself (<see cref="SpanAttention"/>) and
/// folded in ascending order. One long sequence is cut by spans, many rows by blocks; neither changes a bit.
/// </summary>
public sealed unsafe class PagedAttention : IDisposable
{
    private const int TasksPerThread = 4;

    // A task that walks several spans asks for each next one's keys in time, which another thread's cache would not have.
    private const int MostSpansPerTask = 4;

    private readonly KvLayout _layout;
    private readonly int _queryHeads;
    private readonly int _headsPerKv;
    private readonly int _maxBlockRows;
    private readonly NativeBuffer _workerScratch;
    private readonly NativeBuffer _shares;
    private readonly NativeBuffer _totals;
    private readonly WorkerTeam _team;
    private readonly Int8AttentionCode? _code;

    /// <summary>Reserves scratch memory for a team.</summary>
    /// <param name="team">Who computes.</param>
    /// <param name="layout">How pages lie.</param>
    /// <param name="queryHeads">Nq, a multiple of the kv heads.</param>
    public PagedAttention(WorkerTeam team, KvLayout layout, int queryHeads)
        : this(team, layout, queryHeads, emitted: true)
    {
    }

    /// <param name="team">Who computes.</param>
    /// <param name="layout">How pages lie.</param>
    /// <param name="queryHeads">Nq.</param>
    /// <param name="emitted">Whether emitted code may run where the machine has it; the bits are the same.</param>
    internal PagedAttention(WorkerTeam team, KvLayout layout, int queryHeads, bool emitted)
    {
        if (queryHeads <= 0 || queryHeads % layout.KvHeads != 0)
            throw new ArgumentException($"{queryHeads} query heads cannot share {layout.KvHeads} kv heads evenly.", nameof(queryHeads));
        if (layout.Storage == KvStorage.Int8 && layout.HeadDim > Int8Codes.MaxHeadDim)
        {
            throw new ArgumentException(
                $"Heads of {layout.HeadDim} are too wide for INT8 keys and values, whose sums hold {Int8Codes.MaxHeadDim}; keep them in BF16.",
                nameof(layout));
        }

        _team = team;
        _layout = layout;
        _queryHeads = queryHeads;
        _headsPerKv = queryHeads / layout.KvHeads;
        _maxBlockRows = new AttentionPlan(_headsPerKv).MaxBlockRows;
        _workerScratch = new NativeBuffer(team.Threads * WorkerFloats * sizeof(float));
        _shares = new NativeBuffer(2L * team.Threads * TasksPerThread * BlockFloats * sizeof(float));
        _code = emitted && layout.Storage == KvStorage.Int8 ? Int8AttentionCode.TryCreate(layout.HeadDim) : null;
        _totals = new NativeBuffer((long)team.Threads * TasksPerThread * BlockFloats * sizeof(float));
    }

    private int ShareFloats => SpanAttention.ShareFloats(_layout.HeadDim);

    private long BlockFloats => (long)_maxBlockRows * ShareFloats;

    private long QueryFloats => (long)_maxBlockRows * SpanAttention.QueryFloats(_layout);

    private long WorkerFloats => QueryFloats + (long)_maxBlockRows * SpanAttention.SpanPositions + 2 * BlockFloats;

    /// <summary>An empty plan for this attention's head counts.</summary>
    public AttentionPlan CreatePlan() => new(_headsPerKv);

    /// <summary>output = softmax(q·kᵀ·scale)·v for every row of the plan.</summary>
    /// <param name="plan">Rows and pages.</param>
    /// <param name="memory">The pages; keys and values of the rows themselves are already written.</param>
    /// <param name="layer">Attention layer in the pages.</param>
    /// <param name="queries">[rows, Nq·D] head-major, rotated, not scaled.</param>
    /// <param name="scale">D^−½.</param>
    /// <param name="output">[rows, Nq·D] head-major.</param>
    public void Run(AttentionPlan plan, NativeBuffer memory, int layer, FloatRows queries, float scale, FloatRows output)
    {
        var width = _queryHeads * _layout.HeadDim;
        if (queries.Width != width || output.Width != width)
            throw new ArgumentException($"Queries of {queries.Width} and outputs of {output.Width} values do not hold {_queryHeads} heads.");
        var pairs = plan.BlockCount * _layout.KvHeads;
        var job = new Job { Owner = this, Plan = plan, Memory = memory, Layer = layer, Queries = queries, Output = output, Scale = scale };
        job.SpansPerRound = SpansPerRound(plan, pairs);
        if (job.SpansPerRound == 0)
        {
            job.Stage = Stage.Whole;
            _team.Run(pairs, job);
            return;
        }

        job.SpansPerTask = Math.Clamp(job.SpansPerRound * pairs / (_team.Threads * TasksPerThread), 1, MostSpansPerTask);
        for (job.FirstSpan = 0; job.FirstSpan < plan.MaxSpans; job.FirstSpan += job.SpansPerRound)
        {
            job.Stage = Stage.Spans;
            _team.Run(pairs * job.TasksPerPair, job);
            job.Stage = Stage.Fold;
            _team.Run(pairs, job);
        }
    }

    // None where whole (block, kv head) pairs already keep the threads evenly busy, or where the shares of one span each find no room.
    private int SpansPerRound(AttentionPlan plan, int pairs)
    {
        var even = 2L * plan.MaxSpans * _team.Threads <= plan.TotalSpans * _layout.KvHeads;
        if (even || plan.MaxSpans <= 1)
            return 0;
        var pairBytes = (long)pairs * plan.LargestBlockRows * ShareFloats * sizeof(float);
        if (pairBytes > _totals.Bytes)
            return 0;
        // Rounds of one size, so that the last keeps all threads busy too.
        var most = Math.Min(plan.MaxSpans, _shares.Bytes / pairBytes);
        var rounds = (plan.MaxSpans + most - 1) / most;
        return (int)((plan.MaxSpans + rounds - 1) / rounds);
    }

    /// <summary>Gives the scratch memory back.</summary>
    public void Dispose()
    {
        _workerScratch.Dispose();
        _shares.Dispose();
        _totals.Dispose();
        _code?.Dispose();
    }

    private enum Stage
    {
        Whole,
        Spans,
        Fold,
    }

    private struct Job : ITeamJob
    {
        public PagedAttention Owner;
        public AttentionPlan Plan;
        public NativeBuffer Memory;
        public FloatRows Queries;
        public FloatRows Output;
        public float Scale;
        public int Layer;
        public Stage Stage;
        public int FirstSpan;
        public int SpansPerRound;
        public int SpansPerTask;

        public readonly int TasksPerPair => (SpansPerRound + SpansPerTask - 1) / SpansPerTask;

        public readonly void Run(int task, int worker)
        {
            switch (Stage)
            {
                case Stage.Whole:
                    Whole(task, worker);
                    break;
                case Stage.Spans:
                    Spans(task / TasksPerPair, task % TasksPerPair * SpansPerTask, worker);
                    break;
                default:
                    Fold(task);
                    break;
            }
        }

        private readonly float* Scratch(int worker) => (float*)Owner._workerScratch.Pointer + worker * Owner.WorkerFloats;

        private readonly void Whole(int pair, int worker)
        {
            var queries = Scratch(worker);
            var scores = queries + Owner.QueryFloats;
            var share = scores + (long)Owner._maxBlockRows * SpanAttention.SpanPositions;
            var total = share + Owner.BlockFloats;
            var spans = Plan.Block(pair / Owner._layout.KvHeads).Spans;
            var rows = Gather(pair, queries);
            ClearTotals(total, rows);
            for (var span = 0; span < spans; span++)
            {
                Compute(pair, span, span + 1 < spans, queries, scores, share);
                FoldRows(total, share, rows);
            }

            WriteOutput(pair, total);
        }

        private readonly void Spans(int pair, int firstInRound, int worker)
        {
            var spans = Plan.Block(pair / Owner._layout.KvHeads).Spans;
            var end = Math.Min(Math.Min(firstInRound + SpansPerTask, SpansPerRound), spans - FirstSpan);
            if (firstInRound >= end)
                return;
            var queries = Scratch(worker);
            var scores = queries + Owner.QueryFloats;
            Gather(pair, queries);
            for (var span = firstInRound; span < end; span++)
                Compute(pair, FirstSpan + span, span + 1 < end, queries, scores, Share(pair, span));
        }

        private readonly void Fold(int pair)
        {
            var total = (float*)Owner._totals.Pointer + pair * PlanBlockFloats;
            ref readonly var block = ref Plan.Block(pair / Owner._layout.KvHeads);
            var rows = block.Tokens * Owner._headsPerKv;
            if (FirstSpan == 0)
                ClearTotals(total, rows);
            var spans = Math.Min(SpansPerRound, block.Spans - FirstSpan);
            for (var span = 0; span < spans; span++)
                FoldRows(total, Share(pair, span), rows);
            if (FirstSpan + SpansPerRound >= Plan.MaxSpans)
                WriteOutput(pair, total);
        }

        private readonly float* Share(int pair, int spanInRound) =>
            (float*)Owner._shares.Pointer + ((long)pair * SpansPerRound + spanInRound) * PlanBlockFloats;

        private readonly long PlanBlockFloats => (long)Plan.LargestBlockRows * Owner.ShareFloats;

        private readonly int Gather(int pair, float* target)
        {
            ref readonly var block = ref Plan.Block(pair / Owner._layout.KvHeads);
            var headDim = Owner._layout.HeadDim;
            var firstHead = pair % Owner._layout.KvHeads * Owner._headsPerKv;
            var stride = SpanAttention.QueryFloats(Owner._layout);
            for (var row = 0; row < block.Tokens * Owner._headsPerKv; row++)
            {
                var head = firstHead + row % Owner._headsPerKv;
                var query = Queries[block.FirstRow + row / Owner._headsPerKv].Slice(head * headDim, headDim);
                SpanAttention.PrepareQuery(Owner._layout, query, target + row * (long)stride);
            }

            return block.Tokens * Owner._headsPerKv;
        }

        private readonly void Compute(int pair, int span, bool continues, float* queries, float* scores, float* share)
        {
            ref readonly var block = ref Plan.Block(pair / Owner._layout.KvHeads);
            var firstPage = span * SpanAttention.PagesPerSpan;
            var request = new SpanRequest
            {
                Layout = Owner._layout,
                Memory = Memory.Pointer,
                Pages = Plan.Pages[(block.FirstPage + firstPage)..],
                Block = block,
                Layer = Layer,
                KvHead = pair % Owner._layout.KvHeads,
                Span = span,
                HeadsPerToken = Owner._headsPerKv,
                Continues = continues,
                Scale = Scale,
                Code = Owner._code,
            };
            SpanAttention.Run(request, queries, scores, share);
        }

        private readonly void ClearTotals(float* total, int rows)
        {
            for (var row = 0; row < rows; row++)
                total[row * (long)Owner.ShareFloats + 1] = 0;
        }

        private readonly void FoldRows(float* total, float* share, int rows)
        {
            for (var row = 0; row < rows; row++)
                SpanAttention.Fold(total + row * (long)Owner.ShareFloats, share + row * (long)Owner.ShareFloats, Owner._layout.HeadDim);
        }

        private readonly void WriteOutput(int pair, float* total)
        {
            ref readonly var block = ref Plan.Block(pair / Owner._layout.KvHeads);
            var headDim = Owner._layout.HeadDim;
            var firstHead = pair % Owner._layout.KvHeads * Owner._headsPerKv;
            for (var row = 0; row < block.Tokens * Owner._headsPerKv; row++)
            {
                var source = total + row * (long)Owner.ShareFloats;
                var inverse = 1f / source[1];
                var head = firstHead + row % Owner._headsPerKv;
                var target = Output[block.FirstRow + row / Owner._headsPerKv].Slice(head * headDim, headDim);
                for (var d = 0; d < headDim; d++)
                    target[d] = source[16 + d] * inverse;
            }
        }
    }
}
