using System.Globalization;
using Platform.Cli.Bench;
using Platform.Engine;
using StepCost = Platform.Cli.Bench.StepCost;

namespace Benchmarks.Peers;

/// <summary>This project's engine, loaded once and measured in this process; its worker threads sleep while the others run.</summary>
internal sealed class OurEngine : IAsyncDisposable
{
    private const int Steps = 16;

    private readonly Dictionary<PeerCase, MeasuredEngine> _engines = [];

    public OurEngine(BenchCheckpoint checkpoint, TextModelOptions options) =>
        Loaded = checkpoint.Load(options, withDraftHead: false, _ => { }, CancellationToken.None);

    public LoadedModel Loaded { get; }

    /// <summary>The least that a case takes.</summary>
    public StepCost Cost(PeerCase measured) => measured.Kind == PeerCase.Prefill
        ? Loaded.Costs.Prefill(measured.Tokens, Loaded.Model.Options.MaxBatchedTokens)
        : Loaded.Costs.Decode(measured.Batch, Math.Max(measured.Tokens, MeasuredEngine.ShortPrompt));

    /// <summary>Tokens a second, once; the engine of a case is made and warmed at the first call.</summary>
    public async Task<PeerSample> MeasureAsync(PeerCase measured)
    {
        if (!_engines.TryGetValue(measured, out var engine))
        {
            var pages = measured.Batch * (KvCache.PagesFor(Math.Max(measured.Tokens, MeasuredEngine.ShortPrompt) + Steps + 16) + 1) + 1;
            var fills = measured.Kind == PeerCase.Decode && measured.Tokens > KvCache.PagePositions;
            _engines[measured] = engine = fills
                ? MeasuredEngine.Filling(Loaded.Model, measured.Batch, pages)
                : MeasuredEngine.Real(Loaded.Model, measured.Batch, pages);
            await RateAsync(engine, measured);
        }

        var rate = await RateAsync(engine, measured);
        return new PeerSample(rate, 0, $"platform {measured.Name}: {rate.ToString("0.###", CultureInfo.InvariantCulture)} tok/s");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines.Values)
            await engine.DisposeAsync();
        Loaded.Dispose();
    }

    private static async Task<double> RateAsync(MeasuredEngine engine, PeerCase measured) => measured.Kind == PeerCase.Prefill
        ? measured.Tokens / await engine.FirstTokenAsync(measured.Tokens, CancellationToken.None)
        : measured.Batch / Samples.Of(await engine.DecodeAsync(measured.Batch, measured.Tokens, Steps, CancellationToken.None)).Median;
}
