using System.Diagnostics;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>
/// What speculative decoding adds, one sequence: the draft head does its whole work, but its guesses are replaced by ones that are right with
/// a stated probability, as a random model's own are not. What is right is known from a run without drafts, which says the same (law 1).
/// </summary>
internal sealed class DraftingBench(LoadedModel loaded, BenchPlan plan)
{
    private const double Acceptance = 0.8;
    private const int Tokens = 48;

    private static readonly int[] Drafts = [1, 2, 3];

    /// <summary>The cells; the first is the plain one.</summary>
    public async Task<IReadOnlyList<BenchRow>> RunAsync(CeilingProbe probe, double operationsPerSecond, Action<string> progress, CancellationToken cancellationToken)
    {
        var request = Request();
        List<MeasuredEngine> engines = [];
        try
        {
            var answer = new List<int>();
            List<BenchCell> cells = [];
            foreach (var drafts in (int[])[0, .. Drafts])
            {
                var engine = MeasuredEngine.Drafting(loaded.Model, drafts, source => new AcceptedDrafts(source, answer, Acceptance, loaded.Model.Config.Text.VocabSize));
                engines.Add(engine);
                cells.Add(Cell(engine, drafts, request, answer));
            }

            var rows = await new BenchRounds(probe, operationsPerSecond, progress).RunAsync(cells, plan.Rounds, cancellationToken);
            return [.. rows, .. rows.Skip(1).Select((row, i) => Gain(Drafts[i], row, rows[0]))];
        }
        finally
        {
            foreach (var engine in engines)
                await engine.DisposeAsync();
        }
    }

    private static string Count(int drafts) => drafts == 1 ? "1 draft" : $"{drafts} drafts";

    private static BenchRow Gain(int drafts, BenchRow drafted, BenchRow plain) =>
        HybridBench.Ratio($"{Count(drafts)} over none", drafted, plain, null) with { Section = "drafting" };

    private static BenchCell Cell(MeasuredEngine engine, int drafts, SequenceRequest request, List<int> answer) => new()
    {
        Section = "drafting",
        Name = drafts == 0 ? "batch 1, no drafts" : $"batch 1, {Count(drafts)}, {NumberText.Percent(Acceptance)} right",
        Tokens = Tokens,
        Batch = 1,
        Cost = default,
        SecondsAsync = async cancellationToken =>
        {
            var start = Stopwatch.GetTimestamp();
            var tokens = await engine.AnswerAsync(request, cancellationToken);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (answer.Count == 0)
                answer.AddRange(tokens);
            if (!tokens.SequenceEqual(answer))
                throw new InvalidOperationException($"With {drafts} drafts the answer differs from the one without: drafting changed a text.");
            return seconds;
        },
    };

    private SequenceRequest Request()
    {
        var random = new Random(1);
        return new SequenceRequest
        {
            PromptTokens = [.. Enumerable.Range(0, MeasuredEngine.ShortPrompt).Select(_ => random.Next(loaded.Model.Config.Text.VocabSize))],
            Sampling = MeasuredEngine.Sampling,
            MaxTokens = Tokens,
            IgnoreEos = true,
            Seed = 1,
        };
    }
}
