using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// Gated full attention: o_proj( attention(q, k, v) ⊙ sigmoid(gate) ), with zero-centred norms on q and k before rotary, keys and values in
/// the paged cache. q_proj gives, head by head, the query and then the gate.
/// </summary>
internal sealed class GatedAttention : IMixer
{
    private readonly ModelContext _context;
    private readonly PagedAttention _attention;
    private readonly int _cacheLayer;
    private readonly PackedMatrix _input;
    private readonly PackedMatrix _output;
    private readonly float[] _queryNorm;
    private readonly float[] _keyNorm;
    private readonly float[]? _inputBias;
    private readonly float[]? _outputBias;
    private readonly NativeBuffer _scratch;
    private readonly float _scale;

    public GatedAttention(
        ModelContext context, WeightLoader weights, string prefix, PagedAttention attention, int cacheLayer, NativeBuffer scratch)
    {
        _context = context;
        _attention = attention;
        _cacheLayer = cacheLayer;
        _input = weights.Pack(
            weights.Checkpoint.Get($"{prefix}.q_proj.weight"),
            weights.Checkpoint.Get($"{prefix}.k_proj.weight"),
            weights.Checkpoint.Get($"{prefix}.v_proj.weight"));
        _output = weights.Pack($"{prefix}.o_proj.weight");
        _queryNorm = weights.NormScale($"{prefix}.q_norm.weight");
        _keyNorm = weights.NormScale($"{prefix}.k_norm.weight");
        if (context.Config.AttentionBias)
        {
            _inputBias =
            [
                .. weights.Vector($"{prefix}.q_proj.bias"),
                .. weights.Vector($"{prefix}.k_proj.bias"),
                .. weights.Vector($"{prefix}.v_proj.bias"),
            ];
            _outputBias = weights.Vector($"{prefix}.o_proj.bias");
        }

        _scratch = scratch;
        _scale = 1f / MathF.Sqrt(context.Config.HeadDim);
    }

    /// <summary>Scratch floats that <paramref name="rows"/> rows need.</summary>
    public static long ScratchFloats(int rows, TextConfig config) => rows * (InputWidth(config) + 2L * QueryWidth(config));

    public void Run(StepContext step, FloatRows x, FloatRows residual)
    {
        var config = _context.Config;
        var inputWidth = InputWidth(config);
        var queryWidth = QueryWidth(config);
        var projected = _scratch.Rows(0, x.Count, inputWidth, inputWidth);
        var queries = _scratch.Rows((long)inputWidth * x.Count, x.Count, queryWidth, queryWidth);
        var attended = _scratch.Rows((long)(inputWidth + queryWidth) * x.Count, x.Count, queryWidth, queryWidth);

        _context.Multiply(_input, x, projected);
        var tasks = x.Count * config.NumKeyValueHeads;
        _context.Team.Run(tasks, new PrepareJob { Owner = this, Step = step, Projected = projected, Queries = queries });
        _context.Kernels.Attend(_attention, step, step.Cache, _cacheLayer, queries, _scale, attended);
        _context.Team.Run(tasks, new GateJob { Owner = this, Projected = projected, Attended = attended });
        _context.Multiply(_output, attended, residual, GemmMode.AddTo);
        if (_outputBias is not null)
            AddOutputBias(residual);
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private static int QueryWidth(TextConfig config) => config.NumAttentionHeads * config.HeadDim;

    private static int InputWidth(TextConfig config) => 2 * (QueryWidth(config) + config.NumKeyValueHeads * config.HeadDim);

    private void AddOutputBias(FloatRows residual)
    {
        for (var row = 0; row < residual.Count; row++)
            ElementwiseRows.Add(residual[row], _outputBias);
    }

    /// <summary>Per row and kv head: norm and turn its queries and its key, and write key and value into the row's page.</summary>
    private struct PrepareJob : ITeamJob
    {
        public GatedAttention Owner;
        public StepContext Step;
        public FloatRows Projected;
        public FloatRows Queries;

        private readonly TextConfig Config => Owner._context.Config;

        public readonly void Run(int task, int worker)
        {
            int row = task / Config.NumKeyValueHeads, kvHead = task % Config.NumKeyValueHeads;
            var queryHeads = Config.NumAttentionHeads / Config.NumKeyValueHeads;
            for (var head = kvHead * queryHeads; head < (kvHead + 1) * queryHeads; head++)
                Query(row, head);
            Write(row, kvHead);
        }

        private readonly void Query(int row, int head)
        {
            var headDim = Config.HeadDim;
            var projected = Part(row, 2 * head * headDim, 2 * headDim)[..headDim];
            var query = Queries[row].Slice(head * headDim, headDim);
            Owner._context.Kernels.RmsNorm(projected, Owner._queryNorm, Owner._context.Epsilon, query);
            Rotary.Rotate(query, Step.Cos(row), Step.Sin(row));
        }

        private readonly void Write(int row, int head)
        {
            var headDim = Config.HeadDim;
            var keys = 2 * Config.NumAttentionHeads * headDim;
            var key = Part(row, keys + head * headDim, headDim);
            var value = Part(row, keys + (Config.NumKeyValueHeads + head) * headDim, headDim);
            Owner._context.Kernels.RmsNorm(key, Owner._keyNorm, Owner._context.Epsilon, key);
            Rotary.Rotate(key, Step.Cos(row), Step.Sin(row));
            var position = Step.PositionOf(row);
            var page = Step.SegmentOf(row).State.Pages[position / KvCache.PagePositions];
            KvPages.Write(
                Step.Cache.Memory, Step.Cache.Layout, page, Owner._cacheLayer, head, position % KvCache.PagePositions, key, value);
        }

        /// <summary>A part of a projected row, its bias added: each part is taken once.</summary>
        private readonly Span<float> Part(int row, int start, int width)
        {
            var part = Projected[row].Slice(start, width);
            if (Owner._inputBias is { } bias)
                ElementwiseRows.Add(part, bias.AsSpan(start, width));
            return part;
        }
    }

    /// <summary>Per row and kv head: attended ⊙ sigmoid(gate) of its query heads.</summary>
    private struct GateJob : ITeamJob
    {
        public GatedAttention Owner;
        public FloatRows Projected;
        public FloatRows Attended;

        public readonly void Run(int task, int worker)
        {
            var config = Owner._context.Config;
            int row = task / config.NumKeyValueHeads, kvHead = task % config.NumKeyValueHeads;
            int headDim = config.HeadDim, queryHeads = config.NumAttentionHeads / config.NumKeyValueHeads;
            for (var head = kvHead * queryHeads; head < (kvHead + 1) * queryHeads; head++)
            {
                var gate = Projected[row].Slice((2 * head + 1) * headDim, headDim);
                var attended = Attended[row].Slice(head * headDim, headDim);
                ElementaryFunctions.SigmoidGate(attended, gate);
                Owner._context.RoundInput(attended);
            }
        }
    }
}
