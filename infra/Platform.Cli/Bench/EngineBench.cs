using System.Diagnostics;
using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Bench;

/// <summary>Measures one checkpoint on this machine's engine, without gateway, grains or gRPC. Owns model and engine.</summary>
internal sealed class EngineBench : IAsyncDisposable
{
    private const int PromptTokensOfDecode = 16;

    private readonly TextModel _model;
    private readonly InferenceEngine _engine;
    private readonly Random _random = new(1);
    private readonly int _ids;

    private EngineBench(TextModel model, InferenceEngine engine, int ids, TimeSpan loadTime)
    {
        _model = model;
        _engine = engine;
        _ids = ids;
        LoadTime = loadTime;
    }

    /// <summary>From opening the checkpoint to a loaded, packed model.</summary>
    public TimeSpan LoadTime { get; }

    public string NumericsId => _engine.NumericsId;

    /// <summary>Loads a checkpoint with room for the longest prompt and the largest batch.</summary>
    public static EngineBench Load(string folder, BenchPlan plan, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var checkpoint = Checkpoint.Open(folder, new CheckpointOptions { TextOnly = true });
        var model = TextModel.Load(
            checkpoint, new TextModelOptions { Threads = plan.Threads, Format = plan.Format }, progress, cancellationToken);
        var loadTime = clock.Elapsed;
        var longest = Math.Max(plan.Prompts.Max(), PromptTokensOfDecode) + plan.Tokens + 1;
        var batch = plan.Batches.Max();
        var pages = Math.Max(KvCache.PagesFor(longest), batch * (KvCache.PagesFor(PromptTokensOfDecode + plan.Tokens) + 1)) + 1;
        var engine = new InferenceEngine(model, new EngineOptions { MaxSequences = Math.Max(batch, 1), Pages = pages });
        return new EngineBench(model, engine, checkpoint.Config.Text.VocabSize, loadTime);
    }

    /// <summary>Seconds from submitting a prompt of random ids to its first token.</summary>
    public async Task<double> TimeToFirstTokenAsync(int promptTokens, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var handle = Submit(promptTokens, outputTokens: 1);
        await foreach (var _ in handle.Events.ReadAllAsync(cancellationToken))
            return clock.Elapsed.TotalSeconds;
        throw new InvalidOperationException("The engine ended a sequence without an event.");
    }

    /// <summary>Tokens a second of a batch, from the moment every sequence has its first token to the moment the first one ends.</summary>
    public async Task<double> DecodeRateAsync(int batch, int tokens, CancellationToken cancellationToken)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, batch)
            .Select(_ => Submit(PromptTokensOfDecode, tokens))
            .ToList()
            .Select(handle => Task.Run(() => TimesAsync(handle, cancellationToken), cancellationToken)));
        var from = times.Max(row => row[0]);
        var to = times.Min(row => row[^1]);
        var counted = times.Sum(row => row.Count(time => time > from && time <= to));
        return to > from ? counted / Stopwatch.GetElapsedTime(from, to).TotalSeconds : 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _model.Dispose();
    }

    private static async Task<List<long>> TimesAsync(SequenceHandle handle, CancellationToken cancellationToken)
    {
        var times = new List<long>();
        await foreach (var token in handle.Events.ReadAllAsync(cancellationToken))
        {
            if (token.HasToken)
                times.Add(Stopwatch.GetTimestamp());
        }

        return times;
    }

    private SequenceHandle Submit(int promptTokens, int outputTokens)
    {
        var prompt = new int[promptTokens];
        for (var i = 0; i < prompt.Length; i++)
            prompt[i] = _random.Next(_ids);
        return _engine.Submit(new SequenceRequest
        {
            PromptTokens = prompt,
            Sampling = SamplingParameters.Greedy,
            MaxTokens = outputTokens,
            IgnoreEos = true,
        });
    }
}
