using System.Diagnostics;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>An engine as it serves, scheduler and sampler included, whose steps are timed. Owns the engine, not the model.</summary>
internal sealed class MeasuredEngine : IAsyncDisposable
{
    /// <summary>The longest prompt of a context called 0: something must be there to continue.</summary>
    public const int ShortPrompt = 16;

    /// <summary>How tokens are drawn.</summary>
    public static SamplingParameters Sampling { get; } = new() { Temperature = 1, TopK = 20, TopP = 0.95f };

    private const int MostSyntheticTokens = 1 << 20;

    private readonly InferenceEngine _engine;
    private readonly Random _random = new(1);
    private readonly int _ids;

    private MeasuredEngine(EngineModel model, StepClock clock, EngineOptions options)
    {
        Clock = clock;
        _ids = model.VocabSize;
        _engine = new InferenceEngine(model with { Run = clock.Run }, options);
    }

    public StepClock Clock { get; }

    public string NumericsId => _engine.NumericsId;

    /// <summary>An engine that computes everything.</summary>
    public static MeasuredEngine Real(TextModel model, int sequences, int pages, EngineOptions? options = null) => new(
        EngineModel.Of(model), new StepClock(model.Run), Options(options ?? new EngineOptions(), sequences, pages));

    /// <summary>An engine that fills long prompts instead of computing them.</summary>
    public static MeasuredEngine Filling(TextModel model, int sequences, int pages) => new(
        EngineModel.Of(model) with { MaxBatchedTokens = MostSyntheticTokens },
        new StepClock(new SyntheticPrefill(model).Run),
        Options(new EngineOptions(), sequences, pages));

    /// <summary>An engine for one sequence that always drafts, with another source in the place of the model's head.</summary>
    public static MeasuredEngine Drafting(TextModel model, int drafts, Func<IDraftSource, IDraftSource> replace)
    {
        var engine = EngineModel.Of(model);
        if (engine.CreateDraftSource is not { } create)
            throw new InvalidOperationException("The model was loaded without its draft head.");
        return new MeasuredEngine(
            engine with { CreateDraftSource = (cache, sampler) => replace(create(cache, sampler)) },
            new StepClock(model.Run),
            Options(new EngineOptions { MaxDraftTokens = drafts, DraftAlways = drafts > 0 }, 1, 8));
    }

    /// <summary>Runs one request alone and returns what it said.</summary>
    public async Task<List<int>> AnswerAsync(SequenceRequest request, CancellationToken cancellationToken)
    {
        List<int> tokens = [];
        var handle = _engine.Submit(request);
        using var leaving = cancellationToken.Register(handle.Cancel);
        await foreach (var token in handle.Events.ReadAllAsync(cancellationToken))
        {
            if (token.Finish == FinishReason.Error)
                throw new InvalidOperationException(token.Error);
            if (token.HasToken)
                tokens.Add(token.Token);
        }

        return tokens;
    }

    /// <summary>Seconds from submitting a prompt of random ids to its first token.</summary>
    public async Task<double> FirstTokenAsync(int promptTokens, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var handle = Submit(promptTokens, tokens: 1);
        await WaitAsync(handle, 1, cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds of each pure decode step of a batch.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="context">Tokens before the first generated one; at least <see cref="ShortPrompt"/> are taken.</param>
    /// <param name="steps">Steps to measure.</param>
    /// <param name="cancellationToken">Ends the sequences.</param>
    public async Task<List<double>> DecodeAsync(int batch, int context, int steps, CancellationToken cancellationToken)
    {
        Clock.Take();
        // A token comes with the prompt, the first sequence is a step ahead of the others, and the first whole step only starts the clock.
        // Long prompts of a large batch may take more than one step.
        var tokens = steps + 3 + (int)((long)batch * context / MostSyntheticTokens);
        List<SequenceHandle> handles;
        using (Clock.Hold())
            handles = [.. Enumerable.Range(0, batch).Select(_ => Submit(Math.Max(context, ShortPrompt), tokens))];
        foreach (var handle in handles)
            await WaitAsync(handle, tokens, cancellationToken);
        var seconds = StepMark.DecodeSeconds(Clock.Take(), batch);
        return seconds.Count > 0
            ? seconds
            : throw new InvalidOperationException($"A batch of {batch} never ran whole within {tokens} tokens: it does not fit the engine's memory or its steps.");
    }

    /// <summary>Queues a prompt of random ids.</summary>
    public SequenceHandle Submit(int promptTokens, int tokens)
    {
        var prompt = new int[promptTokens];
        for (var i = 0; i < prompt.Length; i++)
            prompt[i] = _random.Next(_ids);
        return _engine.Submit(new SequenceRequest
        {
            PromptTokens = prompt,
            Sampling = Sampling,
            MaxTokens = tokens,
            IgnoreEos = true,
        });
    }

    /// <summary>Reads a number of tokens, or all there are.</summary>
    public static async Task WaitAsync(SequenceHandle handle, int tokens, CancellationToken cancellationToken)
    {
        using var leaving = cancellationToken.Register(handle.Cancel);
        var seen = 0;
        await foreach (var token in handle.Events.ReadAllAsync(cancellationToken))
        {
            if (token.Finish == FinishReason.Error)
                throw new InvalidOperationException(token.Error);
            if (token.HasToken && ++seen >= tokens)
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Clock.Dispose();
    }

    private static EngineOptions Options(EngineOptions options, int sequences, int pages) => options with
    {
        MaxDraftTokens = options.MaxDraftTokens ?? 0,
        MaxSequences = sequences,
        Pages = pages,
        OutboxCapacity = 1 << 14,
        // The caller has looked whether it fits.
        MemoryLimitBytes = long.MaxValue,
        // Every prompt is new: nothing could hit, and what finished prompts leave behind would only take memory.
        PrefixCacheBytes = 0,
        // A second computation of finished answers would run into the next measurement.
        ShadowShare = 0,
    };
}
