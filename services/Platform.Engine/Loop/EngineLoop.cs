namespace Platform.Engine;

/// <summary>Sees a row of logits just before a token is chosen from it; for tests and diagnosis.</summary>
/// <param name="sequence">Whose row.</param>
/// <param name="logits">The raw row over the whole vocabulary.</param>
internal delegate void LogitsObserver(Sequence sequence, ReadOnlySpan<float> logits);

/// <summary>The engine's turn: schedule, run the model once, give each sequence its token. It has no thread of its own: whoever calls
/// <see cref="Step"/> is the engine thread.</summary>
internal sealed class EngineLoop : IDisposable
{
    private readonly EngineModel _model;
    private readonly KvCache _cache;
    private readonly StateStore _states;
    private readonly StepOutput _output;
    private readonly Scheduler _scheduler;
    private readonly RowSampler _sampler;
    private readonly TokenRounds _rounds;
    private readonly Drafter? _drafter;
    private readonly ShadowCheck? _shadow;
    private readonly EngineCounters _counters;
    private readonly TimeProvider _time;
    private readonly int _maxFailedSteps;
    private int _failedInARow;

    public EngineLoop(EngineModel model, EngineLimits limits, EngineCounters counters, TimeProvider time)
    {
        _model = model;
        _counters = counters;
        _time = time;
        _maxFailedSteps = limits.MaxFailedSteps;
        _cache = model.CreateCache(limits.Pages + limits.Shadow.Pages);
        _states = model.CreateStates(limits.Slots + limits.Cache.Checkpoints + limits.DraftSlots + limits.Shadow.Slots);
        _output = model.CreateOutput();
        _sampler = new RowSampler(limits.SampleableIds, model.Team);
        Transfer = new StateTransfer(model.NumericsId, model.HeadLayers, _cache, _states);
        _scheduler = new Scheduler(limits, counters, _cache, _states, Import);
        _rounds = new TokenRounds(_sampler, _scheduler.DraftSlots, counters, Take);
        if (limits.MaxDraftTokens > 0)
            _drafter = new Drafter(model.CreateDraftSource!(_cache, _sampler), limits, counters, time);
        if (limits.Shadow.IsOn)
            _shadow = new ShadowCheck(model, limits.Shadow, _cache, _states, _output, _sampler, counters) { Differs = SwitchOff };
        PublishGauges();
    }

    /// <summary>Moves state in and out.</summary>
    public StateTransfer Transfer { get; }

    public Scheduler Scheduler => _scheduler;

    /// <summary>The last step's sequences, for tests.</summary>
    public StepBatch? LastBatch { get; private set; }

    /// <summary>Called for every row a token is chosen from; null in service.</summary>
    public LogitsObserver? Observer
    {
        get => _rounds.Observer;
        set => _rounds.Observer = value;
    }

    /// <summary>What gives the sequences their drafts; null when the engine does not draft.</summary>
    public Drafter? Drafter => _drafter;

    /// <summary>What computes finished sequences once more; null when the engine does not.</summary>
    public ShadowCheck? Shadow => _shadow;

    /// <summary>Called when that came out different.</summary>
    public Action<ShadowDifference>? ShadowDiffered { get; set; }

    /// <summary>Called when a sequence ended, before its reader is told.</summary>
    public Action? Ended { get; set; }

    /// <summary>The failure of the last step, when so many failed in a row that the engine should stop.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>Takes a new sequence.</summary>
    public void Add(Sequence sequence)
    {
        _shadow?.Choose(sequence);
        _scheduler.Add(sequence);
        if (TokenChooser.EndBeforeStart(sequence) is { } reason)
            End(sequence, reason);
        PublishGauges();
    }

    /// <summary>One turn.</summary>
    /// <returns>False when there was nothing to run.</returns>
    public bool Step()
    {
        var start = _time.GetTimestamp();
        EndCancelled();
        _scheduler.KeepHidden = _drafter is { KeepHidden: true };
        var batch = _scheduler.Schedule();
        LastBatch = batch;
        if (batch.Count == 0)
        {
            PublishGauges();
            return _shadow is { } check && check.Step(idle: true);
        }

        var modelStart = _time.GetTimestamp();
        var failure = RunModel(batch);
        var modelTicks = _time.GetTimestamp() - modelStart;
        if (failure is null)
            Complete(batch, modelTicks);
        else
            Fail(batch, failure);

        EngineCounters.Add(ref _counters.ModelTicks, modelTicks);
        EngineCounters.Add(ref _counters.LoopTicks, _time.GetTimestamp() - start - modelTicks);
        _shadow?.Step(idle: false);
        PublishGauges();
        return true;
    }

    /// <summary>Ends a sequence that still lives; its pages and slot are free when this returns.</summary>
    public void End(Sequence sequence, FinishReason reason, string? error = null) =>
        Close(sequence, new SequenceEvent(-1, 0, null, reason, error, sequence.CachedTokens));

    /// <summary>Ends everything that lives.</summary>
    public void EndAll(FinishReason reason, string? error = null)
    {
        while (_scheduler.Running.Count > 0)
            End(_scheduler.Running[^1], reason, error);
        while (_scheduler.Parked.Count > 0)
            End(_scheduler.Parked[^1], reason, error);
        while (_scheduler.Waiting.Count > 0)
            End(_scheduler.Waiting[^1], reason, error);
        PublishGauges();
    }

    public void Dispose()
    {
        _drafter?.Dispose();
        _output.Dispose();
        _states.Dispose();
        _cache.Dispose();
    }

    private void Import(Sequence sequence)
    {
        if (sequence.Request.Resume is { } snapshot && snapshot.CachedLength > sequence.State.Length)
            Transfer.Import(sequence, snapshot);
    }

    private void EndCancelled()
    {
        EndCancelled(_scheduler.Running);
        EndCancelled(_scheduler.Parked);
        EndCancelled(_scheduler.Waiting);
    }

    private void EndCancelled(IReadOnlyList<Sequence> sequences)
    {
        for (var i = sequences.Count - 1; i >= 0; i--)
        {
            if (sequences[i].CancelRequested)
                End(sequences[i], FinishReason.Cancelled);
        }
    }

    /// <summary>Whatever a model throws ends this step's sequences and nothing else, so everything is caught here.</summary>
    private Exception? RunModel(StepBatch batch)
    {
        EngineCounters.Add(ref _counters.Steps, 1);
        EngineCounters.Add(ref _counters.Segments, batch.Count);
        EngineCounters.Add(ref _counters.DecodeTokens, batch.DecodeTokens);
        EngineCounters.Add(ref _counters.PrefillTokens, batch.PrefillTokens);
        EngineCounters.Add(ref _counters.DraftTokens, batch.DraftTokens);
        EngineCounters.Add(ref _counters.DraftSteps, batch.DraftTokens > 0 ? 1 : 0);
        EngineCounters.Set(ref _counters.LargestBatch, Math.Max(_counters.LargestBatch, batch.Count));
        try
        {
            _model.Run(batch.Segments, _cache, _states, _output);
            _failedInARow = 0;
            return null;
        }
#pragma warning disable CA1031 // The engine must outlive its model's failures.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private void Fail(StepBatch batch, Exception failure)
    {
        EngineCounters.Add(ref _counters.FailedSteps, 1);
        foreach (var sequence in batch.Sequences)
            End(sequence, FinishReason.Error, $"The step that computed this sequence failed: {failure.Message}");
        if (++_failedInARow >= _maxFailedSteps)
            Broken = failure;
    }

    private void Complete(StepBatch batch, long modelTicks)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (sequence, segment) = (batch.Sequences[i], batch.Segments[i]);
            sequence.State.Length += segment.TokenCount - sequence.FedDrafts;
            _scheduler.Prefixes.Commit(sequence);
            if (!sequence.CancelRequested)
                continue;
            _scheduler.DraftSlots.Settle(sequence, 0);
            End(sequence, FinishReason.Cancelled);
        }

        _rounds.Run(batch, _output);
        if (batch.PrefillTokens == 0)
            _drafter?.Control.StepTook(batch.Tokens, modelTicks);
        _drafter?.Draft(batch, _output);
    }

    private void Take(Sequence sequence, in SequenceEvent token, SequenceFailedException? failure)
    {
        if (failure is not null)
        {
            End(sequence, FinishReason.Error, failure.Message);
            return;
        }

        EngineCounters.Add(ref _counters.GeneratedTokens, 1);
        if (token.Finish is null)
            sequence.Outbox.Write(token);
        else
            Close(sequence, token);
    }

    /// <summary>Gives everything back before the reader sees the last event, so that who was told of the end finds room.</summary>
    private void Close(Sequence sequence, in SequenceEvent last)
    {
        if (last.Finish is FinishReason.Stop or FinishReason.Length)
            _shadow?.Offer(sequence);
        _scheduler.Remove(sequence, sound: last.Finish != FinishReason.Error);
        Count(last.Finish);
        PublishGauges();
        Ended?.Invoke();
        sequence.Outbox.Write(last);
        sequence.Outbox.Complete();
    }

    /// <summary>Whatever the sequence used beyond plain decoding is suspect.</summary>
    private void SwitchOff(Sequence sequence, int index)
    {
        var drafted = sequence.DraftRecord.Judged > 0;
        var cached = sequence.UsedPrefixCache;
        if (drafted)
        {
            _drafter?.SwitchOff("An answer with drafts came out different when it was computed again without.");
            foreach (var running in _scheduler.Running)
                running.DropDrafts();
            foreach (var parked in _scheduler.Parked)
                parked.DropDrafts();
        }

        if (cached)
            _scheduler.Prefixes.SwitchOff();
        ShadowDiffered?.Invoke(new ShadowDifference(
            _model.NumericsId,
            index,
            sequence.Generated.Length,
            sequence.PromptLength,
            sequence.CachedTokens,
            sequence.DraftRecord.Judged,
            sequence.DraftRecord.Accepted,
            drafted,
            cached));
    }

    private void Count(FinishReason? reason)
    {
        switch (reason)
        {
            case FinishReason.Cancelled:
                EngineCounters.Add(ref _counters.Cancellations, 1);
                break;
            case FinishReason.Error:
                EngineCounters.Add(ref _counters.Failed, 1);
                break;
            default:
                EngineCounters.Add(ref _counters.Finished, 1);
                break;
        }
    }

    private void PublishGauges()
    {
        EngineCounters.Set(ref _counters.Running, _scheduler.Running.Count);
        EngineCounters.Set(ref _counters.Waiting, _scheduler.Waiting.Count);
        EngineCounters.Set(ref _counters.Parked, _scheduler.Parked.Count);
        EngineCounters.Set(ref _counters.FreePages, _scheduler.Pages.Available);
        EngineCounters.Set(ref _counters.FreeSlots, _scheduler.Slots.Free);
        EngineCounters.Set(ref _counters.CachedPages, _scheduler.Pages.Kept);
        EngineCounters.Set(ref _counters.Checkpoints, _scheduler.Slots.Checkpoints);
    }
}
