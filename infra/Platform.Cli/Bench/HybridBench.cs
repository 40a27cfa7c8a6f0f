using System.Globalization;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>
/// The hybrid shape b against the full-attention shape c in one engine: decode at equal batch, and in an equal memory budget, where the hybrid
/// runs as many sequences as fit beside each other into what one sequence of the other takes.
/// </summary>
internal sealed class HybridBench(LoadedModel hybrid, LoadedModel full, BenchPlan plan, Action<string> progress)
{
    /// <summary>Contexts of the comparison; the last leaves room for the tokens that are generated.</summary>
    public static IReadOnlyList<int> Contexts { get; } = [0, 32_768, 131_072, 262_144 - 128];

    private const double PartOfFreeMemory = 0.85;
    private const int Steps = 6;

    private readonly List<string> _notes = [];
    private readonly Dictionary<int, int> _batches = [];

    /// <summary>Measures every context that fits into memory.</summary>
    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        using var probe = new CeilingProbe(plan.Threads);
        progress("The machine's ceilings");
        var ceilings = probe.Measure(cancellationToken);
        var contexts = Contexts.Where(Fits).ToList();
        var deepest = contexts.Max();
        await using var hybrids = MeasuredEngine.Filling(
            hybrid.Model, contexts.Max(_batches.GetValueOrDefault), contexts.Max(context => _batches[context] * Pages(context)) + 1);
        await using var fulls = MeasuredEngine.Filling(full.Model, 1, Pages(deepest) + 1);
        List<BenchRow> rows = [];
        foreach (var context in contexts)
        {
            var batch = _batches[context];
            BenchCell[] cells =
                [Cell(full, fulls, 1, context), Cell(hybrid, hybrids, 1, context), .. batch > 1 ? (BenchCell[])[Cell(hybrid, hybrids, batch, context)] : []];
            var rounds = new BenchRounds(probe, Peaks.Of(plan.Model, ceilings).PerSecond, progress);
            var measured = await rounds.RunAsync(cells, plan.Rounds, cancellationToken);
            rows.AddRange(measured);
            rows.Add(Ratio($"{Text(context)}: hybrid over full, batch 1 each", measured[1], measured[0], Wanted(context)));
            if (batch > 1)
                rows.Add(Ratio($"{Text(context)}: hybrid over full, equal memory", measured[2], measured[0], Wanted(context)));
        }

        _notes.Add("Contexts above 0 were filled, not prefilled: pages are copies of computed ones, each prompt's last token is computed.");
        _notes.Add("Equal memory: pages and states of as many sequences of b as fit into those of one sequence of c; weights are not counted.");
        return new BenchReport
        {
            Title = "hybrid (b) against full attention (c)",
            Facts = [.. BenchFacts.Of(hybrid, plan, ceilings), ("against", $"{full.Name}, {(full.Parameters / 1e9).ToString("0.00", CultureInfo.InvariantCulture)} billion weights")],
            Ceilings = ceilings,
            Rows = [.. rows.OrderBy(row => row.Section == "ratios" ? 0 : 1)],
            Notes = _notes,
        };
    }

    /// <summary>One over the other, round by round.</summary>
    internal static BenchRow Ratio(string name, BenchRow above, BenchRow below, string? wanted) => new()
    {
        Section = "ratios",
        Name = name,
        Unit = "x",
        Values = Samples.Of(above.Values.Values.Zip(below.Values.Values, (a, b) => a / b)),
        Note = wanted,
    };

    private static string? Wanted(int context) => context switch
    {
        0 => null,
        32_768 => "at least 3.5",
        131_072 => "at least 5",
        _ => "at least 5.5",
    };

    private static string Text(int context) => context > 200_000 ? "256k" : EngineCells.Short(context);

    private static int Pages(int context) => KvCache.PagesFor(context + Steps + 16) + 1;

    private static long Bytes(LoadedModel model, int context) =>
        Pages(context) * model.Model.PageBytes + (model.Costs.StateBytes > 0 ? model.Model.SlotBytes : 0);

    private int Budget(int context) => Math.Max(1, (int)(Bytes(full, context) / Bytes(hybrid, context)));

    /// <summary>Decides the hybrid's batch in equal memory, 1 where only that fits, and whether the context fits at all.</summary>
    private bool Fits(int context)
    {
        var room = (long)(Residence.Available() * PartOfFreeMemory);
        // Pages once touched stay: the hybrid's largest use so far counts, whatever this context needs.
        var touched = _batches.Select(used => used.Value * Bytes(hybrid, used.Key)).DefaultIfEmpty(0).Max();
        foreach (var batch in (int[])[Budget(context), 1])
        {
            var needed = Bytes(full, context) + Math.Max(touched, batch * Bytes(hybrid, context));
            if (needed > room)
                continue;
            _batches[context] = batch;
            if (batch < Budget(context))
                _notes.Add($"Context {Text(context)} in equal memory was not measured: {Budget(context)} sequences of b beside one of c do not fit into the free {room >> 20} MiB.");
            return true;
        }

        _notes.Add($"Context {Text(context)} was left out: its pages do not fit into the free {room >> 20} MiB. Smaller weights or --kv int8 make room.");
        return false;
    }

    private static BenchCell Cell(LoadedModel model, MeasuredEngine engine, int batch, int context) => new()
    {
        Section = "decode",
        Name = $"{model.Name}, batch {batch}, context {Text(context)}",
        Tokens = batch,
        Batch = batch,
        Context = context,
        Cost = model.Costs.Decode(batch, Math.Max(context, MeasuredEngine.ShortPrompt)),
        SecondsAsync = async cancellationToken => Samples.Of(await engine.DecodeAsync(batch, context, Steps, cancellationToken)).Median,
    };
}
