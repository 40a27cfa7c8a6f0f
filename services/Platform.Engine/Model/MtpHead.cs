using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// The multi-token prediction head: z = fc([norm(embed(xᵢ₊₁)); norm(hᵢ)]), a full-attention decoder layer with its own keys and values, a
/// norm, and the model's output head give a draft of xᵢ₊₂. Belongs to its <see cref="TextModel"/> and runs on the same thread.
/// </summary>
public sealed class MtpHead : IDisposable
{
    private readonly ModelContext _context;
    private readonly TextModelParts _model;
    private readonly PackedMatrix _fc;
    private readonly float[] _embeddingNorm;
    private readonly float[] _hiddenNorm;
    private readonly float[] _norm;
    private readonly DecoderLayer[] _layers;

    internal MtpHead(ModelContext context, WeightLoader weights, TextModelParts model)
    {
        _context = context;
        _model = model;
        _fc = weights.Pack("mtp.fc.weight");
        _embeddingNorm = weights.NormScale("mtp.pre_fc_norm_embedding.weight");
        _hiddenNorm = weights.NormScale("mtp.pre_fc_norm_hidden.weight");
        _norm = weights.NormScale("mtp.norm.weight");
        var config = context.Config;
        var attentionLayers = config.LayerTypes.Count(kind => kind == LayerKind.FullAttention);
        _layers = new DecoderLayer[config.MtpNumHiddenLayers];
        for (var j = 0; j < _layers.Length; j++)
            _layers[j] = model.LoadAttentionLayer(weights, $"mtp.layers.{j}", config.NumHiddenLayers + j, attentionLayers + j);
    }

    /// <summary>Layers of the head; chained step n uses layer n mod this.</summary>
    public int LayerCount => _layers.Length;

    /// <summary>Runs the head over every segment's pairs. Logits and hidden rows come out as from a step of the model.</summary>
    /// <param name="segments">Pairs of one or more sequences.</param>
    /// <param name="kv">The cache of the sequences' pages.</param>
    /// <param name="output">Receives draft logits and the head's normed output.</param>
    /// <param name="layer">Which of the head's layers.</param>
    /// <exception cref="ArgumentException">A segment does not fit, or its hidden rows do not match its tokens.</exception>
    public void Run(IReadOnlyList<DraftSegment> segments, KvCache kv, StepOutput output, int layer = 0)
    {
        var step = _model.Step;
        step.Prepare(segments, kv, null);
        StepChecks.Check(step, _context.Config);
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Hidden.Count != segments[i].TokenCount || segments[i].Hidden.Width != _context.Config.HiddenSize)
            {
                throw new ArgumentException(
                    $"Draft segment {i} has hidden rows [{segments[i].Hidden.Count}, {segments[i].Hidden.Width}] for {segments[i].TokenCount} tokens.");
            }
        }

        var x = _model.Scratch.Residual(step.Rows);
        var normed = _model.Scratch.Normed(step.Rows);
        var pairs = _model.Scratch.Parts.Rows(0, step.Rows, 2 * x.Width, 2 * x.Width);
        _model.Embedding.Run(step, x);
        _context.Team.Run(step.Rows, new PairJob { Owner = this, Step = step, Segments = segments, Embedded = x, Pairs = pairs });
        _context.Multiply(_fc, pairs, x);
        if (step.HasTaps)
            StepTaps.Embeddings(step, x);
        _layers[layer].Run(step, x, normed);
        output.Prepare(segments);
        _model.Head.Run(step, x, _norm, normed, output);
        if (step.HasTaps)
            StepTaps.FinalNorm(step, output);
    }

    /// <summary>Gives the weights back; the model does it.</summary>
    public void Dispose()
    {
        _fc.Dispose();
        foreach (var layer in _layers)
            layer.Dispose();
    }

    /// <summary>Scratch floats that <paramref name="rows"/> rows need.</summary>
    internal static long ScratchFloats(int rows, TextConfig config) => 2L * rows * config.HiddenSize;

    /// <summary>Per row: the normed embedding and the normed hidden state side by side.</summary>
    private struct PairJob : ITeamJob
    {
        public MtpHead Owner;
        public StepContext Step;
        public IReadOnlyList<DraftSegment> Segments;
        public FloatRows Embedded;
        public FloatRows Pairs;

        public readonly void Run(int task, int worker)
        {
            var context = Owner._context;
            var segment = Step.SegmentIndexOf(task);
            var hidden = Segments[segment].Hidden[task - Step.FirstRow(segment)];
            context.Kernels.RmsNorm(Embedded[task], Owner._embeddingNorm, context.Epsilon, Pairs[task][..Embedded.Width]);
            context.Kernels.RmsNorm(hidden, Owner._hiddenNorm, context.Epsilon, Pairs[task][Embedded.Width..]);
            context.RoundInput(Pairs[task]);
        }
    }
}
