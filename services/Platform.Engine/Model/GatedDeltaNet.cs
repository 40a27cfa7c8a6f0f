using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// Linear attention by the gated delta rule: project, convolve, normalise, then per value head forget, recall, correct, write and read a
/// state of fixed size, and gate the output. Prefill, decode and verification run the same step token by token, so they agree in every bit.
/// </summary>
internal sealed class GatedDeltaNet : IMixer
{
    private const float NormEpsilon = 1e-6f;

    // A key head's task is long; below this many a thread, one late thread makes the others wait.
    private const int FewestTasksPerThread = 4;

    private readonly ModelContext _context;
    private readonly int _stateLayer;
    private readonly PackedMatrix _input;
    private readonly PackedMatrix _gates;
    private readonly PackedMatrix _output;
    private readonly NativeBuffer _taps;
    private readonly float[] _negativeExpA;
    private readonly float[] _timeStepBias;
    private readonly float[] _outputNorm;
    private readonly NativeBuffer _scratch;
    private readonly int _valueHeadsPerKeyHead;
    private readonly float _queryScale;

    public GatedDeltaNet(ModelContext context, WeightLoader weights, string prefix, int stateLayer, NativeBuffer scratch)
    {
        _context = context;
        _stateLayer = stateLayer;
        _scratch = scratch;
        var config = context.Config;
        _input = weights.Pack(
            weights.Checkpoint.Get($"{prefix}.in_proj_qkv.weight"),
            weights.Checkpoint.Get($"{prefix}.in_proj_z.weight"));
        _gates = weights.Pack(
            weights.Checkpoint.Get($"{prefix}.in_proj_b.weight"),
            weights.Checkpoint.Get($"{prefix}.in_proj_a.weight"));
        _output = weights.Pack($"{prefix}.out_proj.weight");
        _taps = TransposedTaps(weights.Vector($"{prefix}.conv1d.weight"), config);
        _negativeExpA = weights.Vector($"{prefix}.A_log");
        for (var i = 0; i < _negativeExpA.Length; i++)
            _negativeExpA[i] = -(float)PreciseFunctions.Exp(_negativeExpA[i]);
        _timeStepBias = weights.Vector($"{prefix}.dt_bias");
        _outputNorm = weights.Vector($"{prefix}.norm.weight");
        _valueHeadsPerKeyHead = config.LinearNumValueHeads / config.LinearNumKeyHeads;
        _queryScale = 1f / MathF.Sqrt(config.LinearKeyHeadDim);
    }

    /// <summary>Scratch floats that <paramref name="rows"/> rows need.</summary>
    public static long ScratchFloats(int rows, TextConfig config) =>
        rows * (InputWidth(config) + (long)config.ConvDim + config.ValueDim + 2L * config.LinearNumValueHeads);

    public void Run(StepContext step, FloatRows x, FloatRows residual)
    {
        var config = _context.Config;
        var views = Views(x.Count);
        var batch = _context.StartBatch();
        batch.Add(_input, x, views.Projected.Columns(0, _input.Outputs));
        batch.Add(_gates, x, views.Projected.Columns(_input.Outputs, _gates.Outputs));
        _context.MultiplyBatch();
        var job = new HeadsJob { Owner = this, Step = step, Views = views };
        var keyHeadTasks = step.SegmentCount * config.LinearNumKeyHeads;
        if (_valueHeadsPerKeyHead == 1 || keyHeadTasks >= FewestTasksPerThread * _context.Team.Threads)
        {
            _context.Team.Run(keyHeadTasks, job);
        }
        else
        {
            // More tasks than key heads are wanted: the value heads of one share what it prepared.
            job.Stage = Stage.Prepare;
            _context.Team.Run(keyHeadTasks, job);
            job.Stage = Stage.Recur;
            _context.Team.Run(step.SegmentCount * config.LinearNumValueHeads, job);
        }

        _context.Multiply(_output, views.Read, residual, GemmMode.AddTo);
    }

    public void Dispose()
    {
        _input.Dispose();
        _gates.Dispose();
        _output.Dispose();
        _taps.Dispose();
    }

    private static int InputWidth(TextConfig config) => config.ConvDim + config.ValueDim + 2 * config.LinearNumValueHeads;

    private static NativeBuffer TransposedTaps(float[] weight, TextConfig config)
    {
        var taps = new NativeBuffer((long)weight.Length * sizeof(float));
        var rows = taps.Rows(0, config.LinearConvKernelDim, config.ConvDim, config.ConvDim);
        for (var channel = 0; channel < config.ConvDim; channel++)
        {
            for (var tap = 0; tap < config.LinearConvKernelDim; tap++)
                rows[tap][channel] = weight[channel * config.LinearConvKernelDim + tap];
        }

        return taps;
    }

    private RowViews Views(int rows)
    {
        var config = _context.Config;
        var heads = config.LinearNumValueHeads;
        long next = 0;
        var projected = Take(InputWidth(config));
        return new RowViews(projected, Take(config.ConvDim), Take(config.ValueDim), Take(heads), Take(heads));

        FloatRows Take(int width)
        {
            var view = _scratch.Rows(next, rows, width, width);
            next += (long)rows * width;
            return view;
        }
    }

    /// <summary>A step's rows at each stage.</summary>
    /// <param name="Projected">[M, C + Hv·Dv + 2Hv]: q, k, v before the convolution, then z, b, a.</param>
    /// <param name="Convolved">[M, C]: q, k, v after convolution and SiLU; q and k normalised.</param>
    /// <param name="Read">[M, Hv·Dv]: what the heads read from their states, then normed and gated.</param>
    /// <param name="Decay">[M, Hv]: α.</param>
    /// <param name="Beta">[M, Hv]: β.</param>
    private readonly record struct RowViews(FloatRows Projected, FloatRows Convolved, FloatRows Read, FloatRows Decay, FloatRows Beta);

    private enum Stage
    {
        Whole,
        Prepare,
        Recur,
    }

    /// <summary>
    /// Per segment and key head, over all tokens: convolution with SiLU, unit queries and keys, decays and write strengths; then for each of its
    /// value heads the recurrence and the gated norm; then the head's conv columns move on. Heads share nothing.
    /// </summary>
    private struct HeadsJob : ITeamJob
    {
        public GatedDeltaNet Owner;
        public StepContext Step;
        public RowViews Views;
        public Stage Stage;

        private readonly TextConfig Config => Owner._context.Config;

        public readonly void Run(int task, int worker)
        {
            if (Stage == Stage.Recur)
            {
                Recur(task / Config.LinearNumValueHeads, task % Config.LinearNumValueHeads);
                return;
            }

            int segment = task / Config.LinearNumKeyHeads, keyHead = task % Config.LinearNumKeyHeads;
            Prepare(segment, keyHead);
            var heads = Owner._valueHeadsPerKeyHead;
            for (var head = keyHead * heads; Stage == Stage.Whole && head < (keyHead + 1) * heads; head++)
                Recur(segment, head);
        }

        private readonly void Prepare(int segment, int keyHead)
        {
            int keyDim = Config.LinearKeyHeadDim, values = Owner._valueHeadsPerKeyHead * Config.LinearValueHeadDim;
            var query = new Channels(keyHead * keyDim, keyDim);
            var key = new Channels(Config.KeyDim + keyHead * keyDim, keyDim);
            var value = new Channels(2 * Config.KeyDim + keyHead * values, values);
            Convolve(segment, query);
            Convolve(segment, key);
            Convolve(segment, value);
            var firstRow = Step.FirstRow(segment);
            for (var row = firstRow; row < firstRow + Step.Segment(segment).TokenCount; row++)
            {
                Owner._context.Kernels.L2Norm(query.Of(Views.Convolved[row]), NormEpsilon, Owner._queryScale);
                Owner._context.Kernels.L2Norm(key.Of(Views.Convolved[row]), NormEpsilon, 1f);
            }

            MoveConvColumns(segment, query);
            MoveConvColumns(segment, key);
            MoveConvColumns(segment, value);
        }

        private readonly void Convolve(int segment, Channels channels)
        {
            var rows = Step.Segment(segment).TokenCount;
            var history = Step.States!.Conv(Step.Segment(segment).State.Slot, Owner._stateLayer).Columns(channels.Start, channels.Count);
            if (StartsFromNothing(segment))
            {
                for (var column = 0; column < history.Count; column++)
                    history[column].Clear();
            }

            var taps = Owner._taps.Rows(0, Config.LinearConvKernelDim, Config.ConvDim, Config.ConvDim).Columns(channels.Start, channels.Count);
            var inputs = Views.Projected.Columns(channels.Start, channels.Count).Rows(Step.FirstRow(segment), rows);
            for (var token = 0; token < rows; token++)
                Owner._context.Kernels.ConvToken(taps, history, inputs, token, channels.Of(Views.Convolved[Step.FirstRow(segment) + token]));
        }

        private readonly void Recur(int segmentIndex, int head)
        {
            var segment = Step.Segment(segmentIndex);
            Strengths(segmentIndex, head);
            var state = HeadState(segment.State.Slot, head);
            var source = StartsFromNothing(segmentIndex) ? default : state;
            var first = 0;
            for (var token = 0; segment.SnapshotSlots is { } slots && token < segment.TokenCount - 1; token++)
            {
                if (slots[token] < 0)
                    continue;
                // The state after this token goes straight into its slot, and the next token starts from there.
                var snapshot = HeadState(slots[token], head);
                Walk(segmentIndex, head, first, token + 1, source, snapshot);
                source = snapshot;
                first = token + 1;
            }

            Walk(segmentIndex, head, first, segment.TokenCount, source, state);
            if (segment.SnapshotSlots?[segment.TokenCount - 1] is >= 0 and var last)
                state.AsSpan().CopyTo(HeadState(last, head).AsSpan());
            GateReads(segmentIndex, head);
        }

        private readonly void Strengths(int segment, int head)
        {
            var inputs = Config.ConvDim + Config.ValueDim;
            for (var token = 0; token < Step.Segment(segment).TokenCount; token++)
            {
                var row = Step.FirstRow(segment) + token;
                var projected = Views.Projected[row];
                Views.Beta[row][head] = ElementaryFunctions.Sigmoid(projected[inputs + head]);
                var timeStep = PreciseFunctions.Softplus(projected[inputs + Config.LinearNumValueHeads + head] + Owner._timeStepBias[head]);
                Views.Decay[row][head] = ElementaryFunctions.Exp(Owner._negativeExpA[head] * timeStep);
            }
        }

        private readonly void Walk(int segment, int head, int fromToken, int toToken, FloatRows source, FloatRows target)
        {
            var first = Step.FirstRow(segment) + fromToken;
            var count = toToken - fromToken;
            int keyDim = Config.LinearKeyHeadDim, valueDim = Config.LinearValueHeadDim;
            var keyHead = head / Owner._valueHeadsPerKeyHead;
            var convolved = Views.Convolved.Rows(first, count);
            Owner._context.Kernels.DeltaRule(new DeltaWalk
            {
                Source = source,
                Target = target,
                Queries = convolved.Columns(keyHead * keyDim, keyDim),
                Keys = convolved.Columns(Config.KeyDim + keyHead * keyDim, keyDim),
                Values = convolved.Columns(2 * Config.KeyDim + head * valueDim, valueDim),
                Decay = Views.Decay.Rows(first, count).Columns(head, 1),
                Beta = Views.Beta.Rows(first, count).Columns(head, 1),
                Output = Views.Read.Rows(first, count).Columns(head * valueDim, valueDim),
            });
        }

        private readonly void GateReads(int segment, int head)
        {
            var valueDim = Config.LinearValueHeadDim;
            for (var token = 0; token < Step.Segment(segment).TokenCount; token++)
            {
                var row = Step.FirstRow(segment) + token;
                var read = Views.Read[row].Slice(head * valueDim, valueDim);
                var gate = Views.Projected[row].Slice(Config.ConvDim + head * valueDim, valueDim);
                Owner._context.Kernels.GatedNorm(read, gate, Owner._outputNorm, Owner._context.Epsilon, read);
                Owner._context.RoundInput(read);
            }
        }

        /// <summary>Whether a segment is a sequence's first: it starts from the zero state whatever its slot holds.</summary>
        private readonly bool StartsFromNothing(int segment) => Step.Segment(segment).FirstPosition == 0;

        private readonly FloatRows HeadState(int slot, int head)
        {
            var keyDim = Config.LinearKeyHeadDim;
            return Step.States!.Recurrent(slot, Owner._stateLayer).Rows(head * keyDim, keyDim);
        }

        private readonly void MoveConvColumns(int segmentIndex, Channels channels)
        {
            var segment = Step.Segment(segmentIndex);
            for (var token = 0; segment.SnapshotSlots is { } slots && token < segment.TokenCount; token++)
            {
                if (slots[token] >= 0)
                    WriteColumns(segmentIndex, token, slots[token], channels);
            }

            WriteColumns(segmentIndex, segment.TokenCount - 1, segment.State.Slot, channels);
        }

        // The columns after a token are its own input and those before it; ascending order, so that moving in place is safe.
        private readonly void WriteColumns(int segmentIndex, int token, int slot, Channels channels)
        {
            var history = Step.States!.Conv(Step.Segment(segmentIndex).State.Slot, Owner._stateLayer);
            var target = Step.States!.Conv(slot, Owner._stateLayer);
            for (var column = 0; column < target.Count; column++)
            {
                var source = token - (target.Count - 1) + column;
                var from = source < 0 ? history[target.Count + source] : Views.Projected[Step.FirstRow(segmentIndex) + source];
                channels.Of(from).CopyTo(channels.Of(target[column]));
            }
        }
    }

    /// <summary>Neighbouring channels of the convolution.</summary>
    private readonly record struct Channels(int Start, int Count)
    {
        public Span<float> Of(Span<float> row) => row.Slice(Start, Count);
    }
}
