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

    public int[] Tokens(int request) => [.. _events[request].Where(item => item.HasToken).Select(item => item.Token)];

    /// <summary>Runs the requests at once to their ends.</summary>
    /// <param name="model">With the draft source to use.</param>
    /// <param name="options">The engine's.</param>
    /// <param name="requests">Submitted in this order.</param>
    /// <param name="afterStep">Called after each step; may preempt, or null.</param>
    public static DraftRun Of(
        EngineModel model, EngineOptions options, IReadOnlyList<SequenceRequest> requests, Action<LoopBench, Sequence[]>? afterStep = null)
    {
        using var bench = new LoopBench(model, options);
        var run = new DraftRun(requests.Count, EngineOptions.LargestDraft);
        var sequences = requests.Select(bench.Add).ToArray();
        for (var steps = 0; sequences.Any(sequence => sequence.Status != SequenceStatus.Finished); steps++)
        {
            Assert.True(steps < 20_000, "The run does not come to an end.");
            bench.Step();
            Assert.Equal(0, bench.Counters.FailedSteps);
            Assert.Null(bench.Loop.Drafter?.OffReason);
            run.Read(sequences, bench.Loop.LastBatch!);
            afterStep?.Invoke(bench, sequences);
        }

        bench.AssertNothingHeld();
        Assert.Equal(bench.Scheduler.Slots.TotalForDrafts, bench.Scheduler.Slots.FreeForDrafts);
        return run;
    }

    /// <summary>The first difference to what another run said, or null.</summary>
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

    private static bool Same(SequenceEvent a, SequenceEvent b) =>
        (a with { Top = null }) == (b with { Top = null }) && (a.Top ?? []).SequenceEqual(b.Top ?? []);

    private static string At(List<SequenceEvent> events, int index) => index < events.Count ? events[index].ToString() : "nothing";

    private void Read(Sequence[] sequences, StepBatch batch)
    {
        for (var i = 0; i < sequences.Length; i++)
        {
            while (sequences[i].Outbox.Reader.TryRead(out var item))
                _events[i].Add(item);
            var told = _events[i].Count(item => item.HasToken);
            var index = batch.Sequences.ToList().IndexOf(sequences[i]);
            if (index >= 0 && batch.Segments[index].Logits == LogitRows.All && sequences[i].Status != SequenceStatus.Finished)
                Accepted[told - _said[i] - 1] += batch.Segments[index].TokenCount == 1 + DraftMatrix.Drafts ? 1 : 0;
            _said[i] = told;
        }
    }
}
