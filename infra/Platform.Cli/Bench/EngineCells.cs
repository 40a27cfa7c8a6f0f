using System.Globalization;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>The cells of one model, and the two engines that they share: one computes every token, one fills long contexts.</summary>
internal sealed class EngineCells : IAsyncDisposable
{
    private const double SecondsOfAMeasurement = 1.0;
    private const int FewestSteps = 4;
    private const double PartOfFreeMemory = 0.7;

    private readonly LoadedModel _loaded;
    private readonly BenchPlan _plan;
    private readonly MeasuredEngine _real;
    private readonly MeasuredEngine? _filling;

    public EngineCells(LoadedModel loaded, BenchPlan plan, List<string> notes)
    {
        _loaded = loaded;
        _plan = plan;
        var model = loaded.Model;
        var batch = Math.Max(plan.Batches.Max(), 1);
        var pagesOfShort = batch * PagesOf(MeasuredEngine.ShortPrompt);
        _real = MeasuredEngine.Real(model, batch, Math.Max(pagesOfShort, KvCache.PagesFor(plan.Prompts.Max() + 2)) + 1);
        List<BenchCell> cells = [];
        if (plan.Sections.HasFlag(BenchSections.Prefill))
            cells.AddRange(plan.Prompts.Select(Prefill));
        if (plan.Sections.HasFlag(BenchSections.Decode))
        {
            var room = (long)(Residence.Available() * PartOfFreeMemory);
            var wanted = plan.Contexts.SelectMany(context => plan.Batches.Select(size => (size, context))).ToList();
            var fitting = wanted.Where(cell => Bytes(cell.size, cell.context) <= room && cell.context < model.Config.Text.MaxPositionEmbeddings - plan.Tokens).ToList();
            foreach (var (size, context) in wanted.Except(fitting))
            {
                notes.Add($"Batch {size} at context {Short(context)} was left out: " + (Bytes(size, context) > room
                    ? $"its pages take {Gibibytes(Bytes(size, context))} GiB, free are {Gibibytes(room)}."
                    : $"the model has {model.Config.Text.MaxPositionEmbeddings} positions."));
            }

            var filled = fitting.Where(cell => IsFilled(cell.context)).ToList();
            if (filled.Count > 0)
            {
                _filling = MeasuredEngine.Filling(model, filled.Max(cell => cell.size), filled.Max(cell => cell.size * PagesOf(cell.context)) + 1);
                notes.Add("Contexts above 0 were filled, not prefilled: pages are copies of computed ones, each prompt's last token is computed.");
            }

            cells.AddRange(fitting.Select(cell => Decode(cell.size, cell.context)));
        }

        Cells = cells;
    }

    public IReadOnlyList<BenchCell> Cells { get; }

    /// <summary>Entropy of the routing and different experts a layer needs, at the largest batch, from random tokens.</summary>
    public async Task<IReadOnlyList<BenchRow>> RoutingAsync(CancellationToken cancellationToken)
    {
        var batch = _plan.Batches.Max();
        var tap = new RoutingTap(_loaded.Model.Config.Text.NumExperts);
        _real.Clock.BeforeStep = segments =>
        {
            tap.NextStep();
            var whole = segments.Count == batch && segments.All(segment => segment.TokenCount == 1);
            foreach (var segment in segments)
                segment.Tap = whole ? tap : null;
        };
        await _real.DecodeAsync(batch, 0, FewestSteps, cancellationToken);
        _real.Clock.BeforeStep = null;
        return tap.Rows(batch);
    }

    public async ValueTask DisposeAsync()
    {
        await _real.DisposeAsync();
        if (_filling is not null)
            await _filling.DisposeAsync();
    }

    /// <summary>A number of tokens as people say it: 32k.</summary>
    public static string Short(int tokens) =>
        tokens >= 1024 && tokens % 1024 == 0 ? $"{(tokens / 1024).ToString(CultureInfo.InvariantCulture)}k" : tokens.ToString(CultureInfo.InvariantCulture);

    private static bool IsFilled(int context) => context > KvCache.PagePositions;

    private static string Gibibytes(long bytes) => (bytes / (double)(1 << 30)).ToString("0.0", CultureInfo.InvariantCulture);

    // A page more than a sequence fills, as admission asks for one to grow into.
    private int PagesOf(int context) => KvCache.PagesFor(context + _plan.Tokens + 16) + 1;

    private long Bytes(int batch, int context) => batch * (PagesOf(context) * _loaded.Model.PageBytes + _loaded.Model.SlotBytes);

    private BenchCell Prefill(int tokens) => new()
    {
        Section = "prefill",
        Name = $"{Short(tokens)} tokens",
        TimeName = $"first token after {Short(tokens)}",
        Tokens = tokens,
        Context = tokens,
        Cost = _loaded.Costs.Prefill(tokens, _loaded.Model.Options.MaxBatchedTokens),
        SecondsAsync = cancellationToken => _real.FirstTokenAsync(tokens, cancellationToken),
    };

    private BenchCell Decode(int batch, int context)
    {
        var engine = IsFilled(context) ? _filling! : _real;
        var steps = FewestSteps;
        return new BenchCell
        {
            Section = "decode",
            Name = $"batch {batch}, context {Short(context)}",
            Tokens = batch,
            Batch = batch,
            Context = context,
            Cost = _loaded.Costs.Decode(batch, Math.Max(context, MeasuredEngine.ShortPrompt)),
            SecondsAsync = async cancellationToken =>
            {
                var seconds = Samples.Of(await engine.DecodeAsync(batch, context, steps, cancellationToken)).Median;
                // The first, shortest measurement says how many steps fill a measurement's time.
                steps = (int)Math.Clamp(SecondsOfAMeasurement / seconds, Math.Min(FewestSteps, _plan.Tokens), _plan.Tokens);
                return seconds;
            },
        };
    }
}
