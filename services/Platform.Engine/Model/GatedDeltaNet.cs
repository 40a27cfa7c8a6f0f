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

    private readonly ModelContext _context;
    private readonly int _stateLayer;
    private readonly PackedMatrix _input;
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
            weights.Checkpoint.Get($"{prefix}.in_proj_z.weight"),
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
        _context.Multiply(_input, x, views.Projected);
        _context.Team.Run(x.Count, new PrepareJob { Owner = this, Step = step, Views = views });
        _context.Team.Run(
            step.SegmentCount * (config.LinearNumValueHeads + 1), new RecurrenceJob { Owner = this, Step = step, Views = views });
        _context.Multiply(_output, views.Read, residual, GemmMode.AddTo);
    }

    public void Dispose()
    {
        _input.Dispose();
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

    /// <summary>Per row: convolution with SiLU, unit queries and keys, decay and write strength.</summary>
    private struct PrepareJob : ITeamJob
    {
        public GatedDeltaNet Owner;
        public StepContext Step;
        public RowViews Views;

        public readonly void Run(int task, int worker)
        {
            var config = Owner._context.Config;
            var segment = Step.SegmentIndexOf(task);
            var firstRow = Step.FirstRow(segment);
            var inputs = Views.Projected.Columns(0, config.ConvDim).Rows(firstRow, Step.Segment(segment).TokenCount);
            var taps = Owner._taps.Rows(0, config.LinearConvKernelDim, config.ConvDim, config.ConvDim);
            var history = Step.States!.Conv(Step.Segment(segment).State.Slot, Owner._stateLayer);
            var row = Views.Convolved[task];
            Owner._context.Kernels.ConvToken(taps, history, inputs, task - firstRow, row);

            var keyDim = config.LinearKeyHeadDim;
            for (var head = 0; head < config.LinearNumKeyHeads; head++)
            {
                Owner._context.Kernels.L2Norm(row.Slice(head * keyDim, keyDim), NormEpsilon, Owner._queryScale);
                Owner._context.Kernels.L2Norm(row.Slice(config.KeyDim + head * keyDim, keyDim), NormEpsilon, 1f);
            }

            var strengths = Views.Projected[task][(config.ConvDim + config.ValueDim)..];
            for (var head = 0; head < config.LinearNumValueHeads; head++)
            {
                Views.Beta[task][head] = ElementaryFunctions.Sigmoid(strengths[head]);
                var timeStep = PreciseFunctions.Softplus(strengths[config.LinearNumValueHeads + head] + Owner._timeStepBias[head]);
                Views.Decay[task][head] = ElementaryFunctions.Exp(Owner._negativeExpA[head] * timeStep);
            }
        }
    }

    /// <summary>Per segment and value head: the recurrence over the segment's tokens. One more task per segment moves the conv columns on.</summary>
    private struct RecurrenceJob : ITeamJob
    {
        public GatedDeltaNet Owner;
        public StepContext Step;
        public RowViews Views;

        public readonly void Run(int task, int worker)
        {
            var heads = Owner._context.Config.LinearNumValueHeads;
            var segment = task / (heads + 1);
            var head = task % (heads + 1);
            if (head == heads)
                MoveConvColumns(segment);
            else
                Recur(segment, head);
        }

        private readonly void Recur(int segmentIndex, int head)
        {
            var config = Owner._context.Config;
            var segment = Step.Segment(segmentIndex);
            var state = HeadState(segment.State.Slot, head);
            int keyDim = config.LinearKeyHeadDim, valueDim = config.LinearValueHeadDim;
            var keyHead = head / Owner._valueHeadsPerKeyHead;
            for (var token = 0; token < segment.TokenCount; token++)
            {
                var row = Step.FirstRow(segmentIndex) + token;
                var convolved = Views.Convolved[row];
                var read = Views.Read[row].Slice(head * valueDim, valueDim);
                Owner._context.Kernels.DeltaStep(
                    state,
                    convolved.Slice(keyHead * keyDim, keyDim),
                    convolved.Slice(config.KeyDim + keyHead * keyDim, keyDim),
                    convolved.Slice(2 * config.KeyDim + head * valueDim, valueDim),
                    Views.Decay[row][head],
                    Views.Beta[row][head],
                    read);
                var gate = Views.Projected[row].Slice(config.ConvDim + head * valueDim, valueDim);
                Owner._context.Kernels.GatedNorm(read, gate, Owner._outputNorm, Owner._context.Epsilon, read);
                Owner._context.RoundInput(read);
                if (segment.SnapshotSlots?[token] is >= 0 and var slot)
                    state.AsSpan().CopyTo(HeadState(slot, head).AsSpan());
            }
        }

        private readonly FloatRows HeadState(int slot, int head)
        {
            var keyDim = Owner._context.Config.LinearKeyHeadDim;
            return Step.States!.Recurrent(slot, Owner._stateLayer).Rows(head * keyDim, keyDim);
        }

        private readonly void MoveConvColumns(int segmentIndex)
        {
            var segment = Step.Segment(segmentIndex);
            for (var token = 0; segment.SnapshotSlots is { } slots && token < segment.TokenCount; token++)
            {
                if (slots[token] >= 0)
                    WriteColumns(segmentIndex, token, Step.States!.Conv(slots[token], Owner._stateLayer));
            }

            WriteColumns(segmentIndex, segment.TokenCount - 1, Step.States!.Conv(segment.State.Slot, Owner._stateLayer));
        }

        // The columns after a token are its own input and those before it; ascending order, so that moving in place is safe.
        private readonly void WriteColumns(int segmentIndex, int token, FloatRows target)
        {
            var history = Step.States!.Conv(Step.Segment(segmentIndex).State.Slot, Owner._stateLayer);
            var inputs = Views.Projected.Columns(0, Owner._context.Config.ConvDim);
            for (var column = 0; column < target.Count; column++)
            {
                var source = token - (target.Count - 1) + column;
                (source < 0 ? history[target.Count + source] : inputs[Step.FirstRow(segmentIndex) + source]).CopyTo(target[column]);
            }
        }
    }
}
