using System.Diagnostics;
using Platform.Cli;
using Platform.Cli.Bench;
using Platform.Engine;
using Platform.Model;

namespace Benchmarks;

/// <summary>What drafting costs and brings: a step with more rows against one row, and tokens per second at a stated acceptance against plain steps.
/// Random weights have no acceptance of their own, so a script says which drafts are right; the draft head runs all the same and is paid for.</summary>
internal static class DraftBenchmark
{
    private const int MaxDrafts = 3;
    private const int Prompt = 256;

    public static void Run(string[] args)
    {
        var named = new NamedArguments(args, "shape", "data", "weights", "rounds", "tokens", "batch");
        var weights = named.Get("weights", "int8");
        var place = BenchCheckpoint.Ensure(named.Get("shape", "0.8b"), named.Get("data"), Console.WriteLine, CancellationToken.None);
        using var checkpoint = Checkpoint.Open(place.Folder, new CheckpointOptions { TextOnly = true });
        using var model = TextModel.Load(checkpoint, new TextModelOptions { Format = ComputeFormat.BF16, Weights = WeightNames.Parse(weights) });
        Console.WriteLine($"{place.Name}, random weights {weights}, bf16 compute, {model.Options.Threads} threads, context {Prompt}; {model.NumericsId}");
        var rounds = named.Number("rounds", 5);
        StepCosts(model, rounds * 3);
        Speeds(EngineModel.Of(model), named.Number("batch", 1), named.Number("tokens", 48), rounds);
    }

    private static void StepCosts(TextModel model, int rounds)
    {
        using var cache = model.CreateKvCache(PageAllocator.PagesFor(Prompt + 16));
        using var states = model.CreateStateStore(MaxDrafts + 2);
        using var output = model.CreateOutput();
        var state = new SequenceState { Slot = 0 };
        for (var page = 0; page < cache.Pages; page++)
            state.Pages.Add(page);
        var tokens = Enumerable.Range(0, Prompt + 16).Select(i => i * 37 % 20_000).ToArray();
        Feed(Prompt);
        var times = Enumerable.Range(0, MaxDrafts + 1).Select(_ => new List<double>()).ToArray();
        for (var round = -2; round < rounds; round++)
        {
            for (var drafts = 0; drafts <= MaxDrafts; drafts++)
            {
                state.Length = Prompt;
                var start = Stopwatch.GetTimestamp();
                Feed(1 + drafts);
                if (round >= 0)
                    times[drafts].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        var one = Median(times[0]);
        for (var drafts = 0; drafts <= MaxDrafts; drafts++)
            Console.WriteLine($"step with {1 + drafts} rows: {Median(times[drafts]),7:F2} ms, {Median(times[drafts]) / one:F2} times one row");

        void Feed(int count)
        {
            var segment = new StepSegment { State = state, Tokens = tokens, TokenOffset = state.Length, TokenCount = count, Logits = LogitRows.All };
            if (count == Prompt)
                segment.Logits = LogitRows.Last;
            else
                segment.SnapshotSlots = [.. Enumerable.Range(1, count - 1), -1];
            model.Run([segment], cache, states, output);
            state.Length += count;
        }
    }

    private static void Speeds(EngineModel model, int batch, int tokens, int rounds)
    {
        var requests = Enumerable.Range(0, batch).Select(i => Request(i, tokens)).ToArray();
        var answers = new Dictionary<SequenceRequest, int[]>(ReferenceEqualityComparer.Instance);
        var modes = new List<(string Name, double Acceptance, EngineOptions Options)> { ("plain", 0, Options(batch, 0, always: false)) };
        foreach (var acceptance in new[] { 0.6, 0.8 })
        {
            for (var drafts = 1; drafts <= MaxDrafts; drafts++)
                modes.Add(($"{drafts} drafts, {acceptance} right", acceptance, Options(batch, drafts, always: true)));
            modes.Add(($"by control, {acceptance} right", acceptance, Options(batch, MaxDrafts, always: false)));
        }

        var speeds = modes.ConvertAll(_ => new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            for (var mode = 0; mode < modes.Count; mode++)
            {
                var speed = Speed(model, modes[mode].Options, modes[mode].Acceptance, requests, answers);
                if (round >= 0)
                    speeds[mode].Add(speed);
            }
        }

        var plain = Median(speeds[0]);
        for (var mode = 0; mode < modes.Count; mode++)
        {
            Console.WriteLine(
                $"batch {batch}, {modes[mode].Name,-24} {Median(speeds[mode]),7:F1} tokens/s, {Median(speeds[mode]) / plain:F2} times plain " +
                $"[{string.Join(' ', speeds[mode].Select(speed => $"{speed:F1}"))}]");
        }
    }

    /// <summary>Answered tokens per second, from the first token of all to the end. The first plain run writes down the answers.</summary>
    private static double Speed(
        EngineModel model, EngineOptions options, double acceptance, SequenceRequest[] requests, Dictionary<SequenceRequest, int[]> answers)
    {
        var drafting = model with { CreateDraftSource = (cache, sampler) => new Script(model.CreateDraftSource!(cache, sampler), answers, acceptance) };
        var limits = EngineLimits.Resolve(options, drafting);
        using var loop = new EngineLoop(drafting, limits, new EngineCounters(), TimeProvider.System);
        var sequences = requests.Select((request, i) => new Sequence(request, i, Prompt + request.MaxTokens!.Value, new Outbox(1 << 12, () => { }))).ToArray();
        foreach (var sequence in sequences)
            loop.Add(sequence);
        while (sequences.Any(sequence => sequence.Generated.Length == 0))
            loop.Step();
        var before = sequences.Sum(sequence => sequence.Generated.Length);
        var start = Stopwatch.GetTimestamp();
        while (loop.Step())
        {
        }

        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var sequence in sequences)
        {
            if (!answers.TryGetValue(sequence.Request, out var answer))
                answers[sequence.Request] = sequence.Generated.ToArray();
            else if (!sequence.Generated.SequenceEqual(answer))
                throw new InvalidOperationException("Drafting changed an answer.");
        }

        return (sequences.Sum(sequence => sequence.Generated.Length) - before) / elapsed;
    }

    private static SequenceRequest Request(int number, int tokens) => new()
    {
        PromptTokens = [.. Enumerable.Range(0, Prompt).Select(i => (i * 37 + number * 101) % 20_000)],
        MaxTokens = tokens,
        Seed = (ulong)number,
        Sampling = new() { Temperature = 0.7f, TopP = 0.95f, TopK = 20 },
    };

    private static EngineOptions Options(int batch, int drafts, bool always) => new()
    {
        MaxSequences = batch,
        Pages = batch * 8 + 1,
        MaxDraftTokens = drafts,
        MaxDraftingSequences = batch,
        DraftAlways = always,
        ShadowShare = 0,
        PrefixCacheBytes = 0,
        MemoryLimitBytes = long.MaxValue,
    };

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>The head's work with a script's words.</summary>
    private sealed class Script(IDraftSource head, Dictionary<SequenceRequest, int[]> answers, double acceptance) : IDraftSource
    {
        private readonly Random _random = new(11);

        public bool ReadsHidden => head.ReadsHidden;

        public void Draft(IReadOnlyList<DraftTurn> turns, StepOutput output)
        {
            head.Draft(turns, output);
            foreach (var turn in turns)
            {
                var sequence = turn.Sequence;
                sequence.DropDrafts();
                for (var i = 0; i < turn.Wanted; i++)
                {
                    var truth = answers[sequence.Request][Math.Min(sequence.Generated.Length + i, answers[sequence.Request].Length - 1)];
                    sequence.AddDraft(_random.NextDouble() < acceptance ? truth : truth ^ 1);
                }
            }
        }

        public void Dispose() => head.Dispose();
    }
}
