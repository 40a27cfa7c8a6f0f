namespace Platform.Engine.Tests.Drafting;

/// <summary>One way of running requests together and what came out: every event of each, and how often each number of drafts was accepted.</summary>
internal sealed class DraftRun
{
    private readonly List<SequenceEvent>[] _events;
    private readonly int[] _said;

    private DraftRun(int requests, int maxDrafts)
    {
        _events = [.. Enumerable.Range(0, requests).Select(_ => new List<SequenceEvent>())];
        _said = new int[requests];
        Accepted = new int[maxDrafts + 1];
    }

    /// <summary>Steps of a sequence that fed as many drafts as possible, by how many were accepted.</summary>
    public int[] Accepted { get; }

    /// <summary>Prompt tokens that came from the prefix cache.</summary>
    public int CachedTokens => _events.Sum(events => events[^1].CachedTokens);

    public int[] Tokens(int request) => [.. _events[request].Where(item => item.HasToken).Select(item => item.Token)];

    /// <summary>Runs the requests at once to their ends.</summary>
    /// <param name="model">With the draft source to use.</param>
    /// <param name="options">The engine's.</param>
    /// <param name="requests">Submitted in this order.</param>
    /// <param name="afterStep">Called after each step; may preempt, or null.</param>
    public static DraftRun Of(
        EngineModel model, EngineOptions options, IReadOnlyList<SequenceRequest> requests, Action<LoopBench, Sequence[]>? afterStep = null) =>
        Of(model, options, [requests], afterStep);

    /// <summary>Runs waves of requests one after the other in one engine.</summary>
    public static DraftRun Of(
        EngineModel model, EngineOptions options, IReadOnlyList<IReadOnlyList<SequenceRequest>> waves, Action<LoopBench, Sequence[]>? afterStep = null)
    {
        using var bench = new LoopBench(model, options);
        var run = new DraftRun(waves.Sum(wave => wave.Count), EngineOptions.LargestDraft);
        var first = 0;
        foreach (var wave in waves)
        {
            run.Finish(bench, [.. wave.Select(bench.Add)], first, afterStep);
            first += wave.Count;
        }

        bench.AssertNothingHeld();
        Assert.Equal(0, bench.Scheduler.Slots.Drafts);
        return run;
    }

    /// <summary>The first difference to what another run said, or null. What came from a cache may differ.</summary>
    public string? DifferenceTo(DraftRun other)
    {
        for (var i = 0; i < _events.Length; i++)
        {
            var (mine, others) = (_events[i], other._events[i]);
            for (var at = 0; at < Math.Max(mine.Count, others.Count); at++)
            {
                if (at >= mine.Count || at >= others.Count || !Same(mine[at], others[at]))
                    return $"request {i}, event {at} of {mine.Count} and {others.Count}: {At(mine, at)} against {At(others, at)}";
            }
        }

        return null;
    }

    private void Finish(LoopBench bench, Sequence[] sequences, int first, Action<LoopBench, Sequence[]>? afterStep)
    {
        for (var steps = 0; sequences.Any(sequence => sequence.Status != SequenceStatus.Finished); steps++)
        {
            Assert.True(steps < 20_000, "The run does not come to an end.");
            bench.Step();
            Assert.Equal(0, bench.Counters.FailedSteps);
            Assert.Null(bench.Loop.Drafter?.OffReason);
            Read(sequences, first, bench.Loop.LastBatch!);
            afterStep?.Invoke(bench, sequences);
        }
    }

    private static bool Same(SequenceEvent a, SequenceEvent b) =>
        (a with { Top = null, CachedTokens = 0 }) == (b with { Top = null, CachedTokens = 0 }) && (a.Top ?? []).SequenceEqual(b.Top ?? []);

    private static string At(List<SequenceEvent> events, int index) => index < events.Count ? events[index].ToString() : "nothing";

    private void Read(Sequence[] sequences, int first, StepBatch batch)
    {
        for (var i = 0; i < sequences.Length; i++)
        {
            var events = _events[first + i];
            while (sequences[i].Outbox.Reader.TryRead(out var item))
                events.Add(item);
            var told = events.Count(item => item.HasToken);
            var index = batch.Sequences.ToList().IndexOf(sequences[i]);
            if (index >= 0 && batch.Segments[index].Logits == LogitRows.All && sequences[i].Status != SequenceStatus.Finished)
                Accepted[told - _said[first + i] - 1] += batch.Segments[index].TokenCount == 1 + DraftMatrix.Drafts ? 1 : 0;
            _said[first + i] = told;
        }
    }
}
