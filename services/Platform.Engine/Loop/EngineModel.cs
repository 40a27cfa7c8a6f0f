using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>Runs one step of a model: reads the segments, writes cache, states and output. Engine thread only.</summary>
internal delegate void StepRunner(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore states, StepOutput output);

/// <summary>What the loop needs to know of a model. Apart from <see cref="TextModel"/>, the tests give it models that fail, or that notice a wrong page.</summary>
internal sealed record EngineModel
{
    public required string NumericsId { get; init; }

    /// <summary>Which kernels run it, for people.</summary>
    public string Kernels { get; init; } = "";

    /// <summary>Rows of the output matrix, padding rows included.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Values in a row of media embeddings.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The longest sequence the rotary embedding was made for.</summary>
    public required int MaxContext { get; init; }

    /// <summary>The most tokens a step may feed.</summary>
    public required int MaxBatchedTokens { get; init; }

    /// <summary>Bytes of a KV page.</summary>
    public required long PageBytes { get; init; }

    /// <summary>Of a page's layers, the last ones that are the draft head's.</summary>
    public int HeadLayers { get; init; }

    /// <summary>Bytes of a state slot.</summary>
    public required long SlotBytes { get; init; }

    public required Func<int, KvCache> CreateCache { get; init; }

    public required Func<int, StateStore> CreateStates { get; init; }

    public required Func<StepOutput> CreateOutput { get; init; }

    public required StepRunner Run { get; init; }

    /// <summary>The threads of the model's steps, free between them.</summary>
    public WorkerTeam Team { get; init; } = new(1);

    /// <summary>Makes the source of drafts over the engine's cache; null when the model has none. The loop disposes it.</summary>
    public Func<KvCache, RowSampler, IDraftSource>? CreateDraftSource { get; init; }

    /// <summary>What a model will be, known from its checkpoint: good for settling limits, not for running.</summary>
    public static EngineModel Planned(Checkpoint checkpoint, TextModelOptions options, TextModelMemory memory) => new()
    {
        NumericsId = Engine.NumericsId.Of(checkpoint, options),
        VocabSize = checkpoint.Config.Text.VocabSize,
        HiddenSize = checkpoint.Config.Text.HiddenSize,
        MaxContext = checkpoint.Config.Text.MaxPositions,
        MaxBatchedTokens = options.MaxBatchedTokens,
        PageBytes = memory.Page,
        SlotBytes = memory.Slot,
        CreateCache = _ => throw NotLoaded(),
        CreateStates = _ => throw NotLoaded(),
        CreateOutput = () => throw NotLoaded(),
        Run = (_, _, _, _) => throw NotLoaded(),
        HeadLayers = checkpoint.HasMtp ? checkpoint.Config.Text.MtpNumHiddenLayers : 0,
        CreateDraftSource = checkpoint.HasMtp ? (_, _) => throw NotLoaded() : null,
    };

    private static InvalidOperationException NotLoaded() => new("This model is planned, not loaded; only its sizes are known.");

    /// <summary>The text model as the loop sees it.</summary>
    public static EngineModel Of(TextModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new EngineModel
        {
            NumericsId = model.NumericsId,
            Kernels = model.Kernels,
            VocabSize = model.Config.Text.VocabSize,
            HiddenSize = model.Config.Text.HiddenSize,
            MaxContext = model.Config.Text.MaxPositions,
            MaxBatchedTokens = model.Options.MaxBatchedTokens,
            PageBytes = model.PageBytes,
            SlotBytes = model.SlotBytes,
            CreateCache = model.CreateKvCache,
            CreateStates = model.CreateStateStore,
            CreateOutput = model.CreateOutput,
            Run = model.Run,
            Team = model.Team,
            HeadLayers = model.Mtp?.LayerCount ?? 0,
            CreateDraftSource = model.Mtp is { } head ? (cache, sampler) => new HeadDraftSource(head, cache, model.CreateOutput(), sampler) : null,
        };
    }
}
