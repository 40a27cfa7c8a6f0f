using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// The text model: embeddings, decoder layers, output head. One step runs stretches of several sequences together; a row's numbers are a
/// pure function of <see cref="NumericsId"/> and the tokens and pictures before it, bit for bit, whoever shares the step.
/// </summary>
/// <remarks>
/// One thread at a time calls <see cref="Run"/> and the draft head; the model's own team helps. Steps allocate nothing once caches, output
/// and lists have reached their size.
/// </remarks>
public sealed class TextModel : IDisposable
{
    private readonly ModelContext _context;
    private readonly TextModelParts _parts;
    private readonly PackedFile? _packed;
    private readonly KvLayout _kvLayout;
    private readonly StateLayout _stateLayout;

    private TextModel(Checkpoint checkpoint, TextModelOptions options, ModelContext context, TextModelParts parts, PackedFile? packed)
    {
        _packed = packed;
        Config = checkpoint.Config;
        Options = options;
        NumericsId = Engine.NumericsId.Of(checkpoint, options);
        _context = context;
        _parts = parts;
        _kvLayout = TextModelMemory.KvLayoutOf(checkpoint, options);
        _stateLayout = TextModelMemory.StateLayoutOf(checkpoint.Config.Text);
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>How it was loaded.</summary>
    public TextModelOptions Options { get; }

    /// <summary>What its numbers depend on.</summary>
    public string NumericsId { get; }

    /// <summary>The threads that compute a step.</summary>
    internal WorkerTeam Team => _context.Team;

    /// <summary>Which kernels compute, for people.</summary>
    public string Kernels => _context.Kernels.Name;

    /// <summary>The draft head, or null in a checkpoint without one.</summary>
    public MtpHead? Mtp => _parts.Mtp;

    /// <summary>Bytes of one KV page.</summary>
    public long PageBytes => _kvLayout.PageBytes;

    /// <summary>Bytes of one state slot.</summary>
    public long SlotBytes => _stateLayout.SlotBytes;

    /// <summary>Packs the checkpoint's weights, or maps them where <see cref="TextModelOptions.Packed"/> holds them already; the checkpoint may be
    /// closed afterwards.</summary>
    /// <param name="checkpoint">Opened and checked.</param>
    /// <param name="options">How to compute.</param>
    /// <param name="progress">Receives how far it is, and decisions about packed files.</param>
    /// <param name="cancellationToken">Ends loading between two tensors.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static TextModel Load(
        Checkpoint checkpoint, TextModelOptions options, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBatchedTokens, nameof(options));
        var kernels = options.KernelOverride ?? KernelSet.Of(options.Kernels);
        var context = new ModelContext(checkpoint.Config.Text, options.Format, kernels, new WorkerTeam(options.Threads), options.MaxBatchedTokens, options.Weights);
        PackedFile? packed = null;
        try
        {
            var folder = new PackedFolder(
                options.Packed,
                PackedFolder.KeyOf(Engine.NumericsId.Of(checkpoint, options with { Kv = KvFormat.Auto })),
                note => progress?.Report(new LoadProgress(0, 0, LoadStage.Packing, note)));
            packed = folder.Open(context.Team, Told(LoadStage.Mapping), cancellationToken);
            var weights = new WeightLoader(checkpoint, context, progress, cancellationToken, packed);
            var parts = new TextModelParts(context, weights, options);
            if (weights.PackedAny)
                folder.Save(weights.Matrices, Told(LoadStage.Writing), cancellationToken);
            return new TextModel(checkpoint, options, context, parts, packed);
        }
        catch
        {
            packed?.Dispose();
            context.Dispose();
            throw;
        }

        Action<long, long> Told(LoadStage stage) => (done, total) => progress?.Report(new LoadProgress(done, total, stage));
    }

    /// <summary>Reserves a KV cache; the caller owns it.</summary>
    public KvCache CreateKvCache(int pages) => new(_kvLayout, pages);

    /// <summary>Reserves a store of linear-attention states; the caller owns it.</summary>
    public StateStore CreateStateStore(int slots) => new(_stateLayout, slots);

    /// <summary>An empty output, to be reused from step to step; the caller owns it.</summary>
    public StepOutput CreateOutput() => new(Config.Text.VocabSize, Config.Text.HiddenSize);

    /// <summary>
    /// Runs one step: feeds every segment's tokens, extends its pages and its slot in place, and fills the output. The caller then advances
    /// the sequences' lengths.
    /// </summary>
    /// <param name="segments">At most <see cref="TextModelOptions.MaxBatchedTokens"/> tokens; a sequence at most once.</param>
    /// <param name="kv">The cache the sequences' pages lie in.</param>
    /// <param name="states">The store their slots lie in.</param>
    /// <param name="output">Receives logits and hidden rows.</param>
    /// <exception cref="ArgumentException">A segment does not fit the step, its pages or its slot, or a token is not in the vocabulary.</exception>
    public void Run(IReadOnlyList<StepSegment> segments, KvCache kv, StateStore states, StepOutput output)
    {
        var step = _parts.Step;
        step.Prepare(segments, kv, states);
        StepChecks.Check(step, Config.Text);
        var x = _parts.Scratch.Residual(step.Rows);
        var normed = _parts.Scratch.Normed(step.Rows);
        _parts.Embedding.Run(step, x);
        if (step.HasTaps)
            StepTaps.Embeddings(step, x);
        foreach (var layer in _parts.Layers)
            layer.Run(step, x, normed);
        output.Prepare(segments);
        _parts.Head.Run(step, x, _parts.FinalNorm, normed, output);
        if (step.HasTaps)
            StepTaps.FinalNorm(step, output);
    }

    /// <summary>Ends the team and gives the weights back. Caches, stores and outputs are their creators'.</summary>
    public void Dispose()
    {
        _parts.Dispose();
        _context.Dispose();
        _packed?.Dispose();
    }
}
