using Platform.Model;

namespace Platform.Engine.Tests;

/// <summary>One checkpoint, loaded once per number of threads, and what each request says when it runs alone.</summary>
public abstract class LawModels : IDisposable
{
    /// <summary>Tokens answered in each comparison.</summary>
    public const int AnswerTokens = 12;

    private readonly Dictionary<int, TextModel> _models = [];
    private readonly Dictionary<int, Recording> _alone = [];
    private string? _checkpoint;

    /// <summary>Prompt lengths.</summary>
    public virtual IReadOnlyList<int> Contexts => [1, 63, 64, 65, 300, 1100];

    /// <summary>Prompt lengths that are cut at every place.</summary>
    public virtual IReadOnlyList<int> CutEverywhere => [1, 63, 64, 65];

    /// <summary>Places at which the other prompts are cut, drawn with a fixed seed.</summary>
    public virtual int CutsOfLongPrompts => 5;

    internal abstract ComputeFormat Format { get; }

    internal virtual KvFormat Kv => KvFormat.Auto;

    internal virtual WeightPacking Weights => WeightPacking.AsStored;

    /// <summary>Ids from 0 to here are used in prompts.</summary>
    protected abstract int PromptIds { get; }

    /// <summary>A folder in Hugging Face layout; asked for once.</summary>
    protected abstract string FindCheckpoint();

    internal TextModel With(int threads)
    {
        if (!_models.TryGetValue(threads, out var model))
            _models[threads] = model = Load(new TextModelOptions { Threads = threads, Format = Format, Kv = Kv, Weights = Weights });
        return model;
    }

    internal TextModel Load(TextModelOptions options)
    {
        using var checkpoint = Checkpoint.Open(_checkpoint ??= FindCheckpoint());
        return TextModel.Load(checkpoint, options);
    }

    /// <summary>A prompt of this length that is answered greedily or by sampling with every filter, by the length's turn.</summary>
    internal SequenceRequest Request(int context)
    {
        var random = new Random(context);
        return new SequenceRequest
        {
            PromptTokens = [.. Enumerable.Range(0, context).Select(_ => random.Next(PromptIds))],
            MaxTokens = AnswerTokens,
            Logprobs = true,
            Seed = (ulong)context,
            Sampling = context % 2 == 0
                ? SamplingParameters.Greedy
                : new() { Temperature = 0.9f, TopK = 50, TopP = 0.95f, MinP = 0.001f, PresencePenalty = 0.5f, RepetitionPenalty = 1.1f },
        };
    }

    /// <summary>The measure of all comparisons: the request by itself, two threads, its prompt in as few steps as possible.</summary>
    internal Recording Alone(int context)
    {
        if (_alone.TryGetValue(context, out var recording))
            return recording;
        using var loop = new RecordingLoop(With(2), OptionsFor(context));
        return _alone[context] = loop.Run(Request(context));
    }

    internal static EngineOptions OptionsFor(int context) => new() { Pages = PageAllocator.PagesFor(context + AnswerTokens) + 1, MaxSequences = 1 };

    public virtual void Dispose()
    {
        foreach (var model in _models.Values)
            model.Dispose();
        GC.SuppressFinalize(this);
    }
}
