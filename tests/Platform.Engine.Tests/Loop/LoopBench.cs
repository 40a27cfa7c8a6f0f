namespace Platform.Engine.Tests;

/// <summary>The engine's loop without its thread: the test takes the steps.</summary>
internal sealed class LoopBench : IDisposable
{
    private readonly EngineModel _model;
    private readonly EngineLimits _limits;
    private long _arrivals;

    public LoopBench(EngineModel model, EngineOptions options)
    {
        _model = model;
        _limits = EngineLimits.Resolve(options, model);
        Loop = new EngineLoop(model, _limits, Counters, TimeProvider.System);
    }

    public EngineCounters Counters { get; } = new();

    public EngineLoop Loop { get; }

    public Scheduler Scheduler => Loop.Scheduler;

    /// <summary>Queues a sequence; it runs when <see cref="Step"/> is called.</summary>
    public Sequence Add(SequenceRequest request)
    {
        var limit = RequestCheck.TokenLimit(request, _model, _limits.MaxContext);
        if (request.Resume is { } snapshot)
            Loop.Transfer.Check(request, snapshot);
        var sequence = new Sequence(request, _arrivals++, limit, new Outbox(_limits.OutboxCapacity, () => { }));
        Loop.Add(sequence);
        return sequence;
    }

    public bool Step() => Loop.Step();

    /// <summary>Steps until nothing can run.</summary>
    public void Finish(int atMostSteps = 100_000)
    {
        while (Step())
            Assert.True(atMostSteps-- > 0, "The loop does not come to an end.");
    }

    /// <summary>Runs one request to its end.</summary>
    public Answer Run(SequenceRequest request)
    {
        var sequence = Add(request);
        Finish();
        return Answer.Now(sequence);
    }

    /// <summary>No sequence holds anything, and the cache nothing that it does not know of.</summary>
    public void AssertNothingHeld()
    {
        CacheInvariants.Assert(Scheduler.Prefixes, Scheduler.Pages, Scheduler.Slots, []);
        Assert.Equal(Scheduler.Pages.Total, Scheduler.Pages.Available);
        Assert.Equal(Scheduler.Slots.Total, Scheduler.Slots.Free);
    }

    public void Dispose() => Loop.Dispose();
}
