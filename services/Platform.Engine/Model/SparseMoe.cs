using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// The mixture of experts: each token goes to its k best experts and to the shared one. Tokens are sorted by expert, one small product
/// each; expert outputs arrive unweighted, one row per (token, expert), and are weighted and added in the router's rank order.
/// </summary>
internal sealed class SparseMoe : IFeedForward
{
    private readonly ModelContext _context;
    private readonly PackedMatrix _router;
    private readonly PackedMatrix[] _gateUp;
    private readonly PackedMatrix[] _down;
    private readonly PackedMatrix _sharedGateUp;
    private readonly PackedMatrix _sharedDown;
    private readonly ExpertOrder _order;
    private readonly NativeBuffer _scratch;

    public SparseMoe(ModelContext context, WeightLoader weights, string prefix, ExpertOrder order, NativeBuffer scratch)
    {
        _context = context;
        _order = order;
        _scratch = scratch;
        var checkpoint = weights.Checkpoint;
        _router = weights.Pack(checkpoint.Get($"{prefix}.gate.weight"), checkpoint.Get($"{prefix}.shared_expert_gate.weight"));
        _gateUp = new PackedMatrix[context.Config.NumExperts];
        _down = new PackedMatrix[context.Config.NumExperts];
        for (var e = 0; e < _gateUp.Length; e++)
        {
            _gateUp[e] = weights.Pack(checkpoint.Expert(prefix, e, ExpertPart.Gate), checkpoint.Expert(prefix, e, ExpertPart.Up));
            _down[e] = weights.Pack(checkpoint.Expert(prefix, e, ExpertPart.Down));
        }

        _sharedGateUp = weights.Pack(
            checkpoint.Get($"{prefix}.shared_expert.gate_proj.weight"), checkpoint.Get($"{prefix}.shared_expert.up_proj.weight"));
        _sharedDown = weights.Pack($"{prefix}.shared_expert.down_proj.weight");
    }

    /// <summary>Scratch floats that <paramref name="rows"/> rows need.</summary>
    public static long ScratchFloats(int rows, TextConfig config) =>
        rows * (config.NumExperts + 1L)
        + (long)rows * config.NumExpertsPerTok * (2L * config.HiddenSize + 3L * config.MoeIntermediateSize)
        + rows * (config.HiddenSize + 3L * config.SharedExpertIntermediateSize);

    public void Run(StepContext step, int layer, FloatRows x, FloatRows residual)
    {
        var views = Views(x.Count);
        _context.Multiply(_router, x, views.Logits);
        _context.Team.Run(x.Count, new RouteJob { Order = _order, Logits = views.Logits });
        _order.Sort(x.Count);
        if (step.HasTaps)
            StepTaps.Router(step, layer, views.Logits.Columns(0, _order.Experts), _order.Chosen, _order.Weights);

        _context.Team.Run(x.Count, new GatherJob { Order = _order, X = x, Gathered = views.Gathered });
        MultiplyExperts(_gateUp, views.Gathered, views.GateUp, _sharedGateUp, x, views.SharedGateUp);
        _context.Team.Run(views.GateUp.Count, new ActivationJob { Context = _context, GateUp = views.GateUp, Activated = views.Activated });
        _context.Team.Run(x.Count, new ActivationJob { Context = _context, GateUp = views.SharedGateUp, Activated = views.SharedActivated });
        MultiplyExperts(_down, views.Activated, views.Outputs, _sharedDown, views.SharedActivated, views.SharedOutput);
        _context.Team.Run(x.Count, new CombineJob { Order = _order, Views = views, Residual = residual });
    }

    public void Dispose()
    {
        _router.Dispose();
        foreach (var matrix in _gateUp)
            matrix.Dispose();
        foreach (var matrix in _down)
            matrix.Dispose();
        _sharedGateUp.Dispose();
        _sharedDown.Dispose();
    }

    private void MultiplyExperts(PackedMatrix[] experts, FloatRows x, FloatRows y, PackedMatrix shared, FloatRows sharedX, FloatRows sharedY)
    {
        var batch = _context.StartBatch();
        batch.Add(shared, sharedX, sharedY);
        for (var e = 0; e < experts.Length; e++)
        {
            var (first, count) = _order.RowsOf(e);
            batch.Add(experts[e], x.Rows(first, count), y.Rows(first, count));
        }

        _context.MultiplyBatch();
    }

    private RowViews Views(int rows)
    {
        var config = _context.Config;
        var pairs = rows * config.NumExpertsPerTok;
        int hidden = config.HiddenSize, width = config.MoeIntermediateSize, shared = config.SharedExpertIntermediateSize;
        long next = 0;
        return new RowViews(
            Take(rows, config.NumExperts + 1),
            Take(pairs, hidden),
            Take(pairs, 2 * width),
            Take(pairs, width),
            Take(pairs, hidden),
            Take(rows, 2 * shared),
            Take(rows, shared),
            Take(rows, hidden));

        FloatRows Take(int count, int columns)
        {
            var view = _scratch.Rows(next, count, columns, columns);
            next += (long)count * columns;
            return view;
        }
    }

    /// <summary>A step's rows at each stage; those of (token, expert) pairs are sorted by expert.</summary>
    /// <param name="Logits">[M, E + 1]: the router's, then the shared expert's gate.</param>
    /// <param name="Gathered">[M·k, H]: inputs.</param>
    /// <param name="GateUp">[M·k, 2I].</param>
    /// <param name="Activated">[M·k, I].</param>
    /// <param name="Outputs">[M·k, H], unweighted.</param>
    /// <param name="SharedGateUp">[M, 2Is].</param>
    /// <param name="SharedActivated">[M, Is].</param>
    /// <param name="SharedOutput">[M, H], ungated.</param>
    private readonly record struct RowViews(
        FloatRows Logits, FloatRows Gathered, FloatRows GateUp, FloatRows Activated, FloatRows Outputs,
        FloatRows SharedGateUp, FloatRows SharedActivated, FloatRows SharedOutput);

    private struct RouteJob : ITeamJob
    {
        public ExpertOrder Order;
        public FloatRows Logits;

        public readonly void Run(int task, int worker) => Order.Choose(task, Logits[task][..Order.Experts]);
    }

    private struct GatherJob : ITeamJob
    {
        public ExpertOrder Order;
        public FloatRows X;
        public FloatRows Gathered;

        public readonly void Run(int task, int worker)
        {
            for (var rank = 0; rank < Order.PerToken; rank++)
                X[task].CopyTo(Gathered[Order.SortedRow(task, rank)]);
        }
    }

    /// <summary>Per row: Σ in rank order of weight · output, plus the gated shared output, onto the residual stream.</summary>
    private struct CombineJob : ITeamJob
    {
        public ExpertOrder Order;
        public RowViews Views;
        public FloatRows Residual;

        public readonly void Run(int task, int worker)
        {
            var sum = Views.Outputs[Order.SortedRow(task, 0)];
            ElementwiseRows.Scale(sum, Order.Weight(task, 0));
            for (var rank = 1; rank < Order.PerToken; rank++)
                ElementwiseRows.AddScaled(sum, Views.Outputs[Order.SortedRow(task, rank)], Order.Weight(task, rank));
            ElementwiseRows.AddScaled(sum, Views.SharedOutput[task], ElementaryFunctions.Sigmoid(Views.Logits[task][^1]));
            ElementwiseRows.Add(Residual[task], sum);
        }
    }
}
