using System.Threading.Channels;

namespace Platform.Engine;

/// <summary>Serves many sequences with one model: continuous batches, paged cache, keyed sampling. One loop on its own thread; every public
/// member may be called from any thread, and none waits for a step except <see cref="ExportAsync"/> and <see cref="DisposeAsync"/>.</summary>
/// <remarks>
/// What a sequence says depends on its request alone (law 1), never on who shares the engine. A failure in one sequence's constraint, stop
/// rule or logits ends that sequence. A step that throws ends the sequences that were in it; after
/// <see cref="EngineOptions.MaxFailedSteps"/> such steps in a row the engine stops: all sequences end with an error and
/// <see cref="Submit"/> throws <see cref="EngineStoppedException"/>.
/// </remarks>
public sealed class InferenceEngine : IAsyncDisposable
{
    private readonly EngineModel _model;
    private readonly EngineLimits _limits;
    private readonly EngineCounters _counters = new();
    private readonly TimeProvider _time;
    private readonly EngineLoop _loop;
    private readonly Channel<EngineCommand> _commands;
    private readonly AutoResetEvent _wake = new(false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _door = new();
    private readonly Thread _thread;
    private volatile bool _stopping;        // written under the door
    private string? _stopReason;
    private long _arrivals;
    private int _live;
    private int _exports;
    private bool _disposed;

    /// <summary>Takes memory for cache and states and starts the thread. The model stays the caller's, who disposes it after the engine.</summary>
    /// <exception cref="EngineOptionsException">The options do not fit each other, the model or the machine.</exception>
    public InferenceEngine(TextModel model, EngineOptions options, TimeProvider? time = null)
        : this(EngineModel.Of(model), options, time)
    {
    }

    internal InferenceEngine(EngineModel model, EngineOptions options, TimeProvider? time = null)
    {
        _model = model;
        _time = time ?? TimeProvider.System;
        _limits = EngineLimits.Resolve(options, model);
        // Every live sequence is in the channel at most once, and exports are counted: a write never finds it full.
        _commands = Channel.CreateBounded<EngineCommand>(new BoundedChannelOptions(_limits.MaxLive + _limits.MaxPendingExports) { SingleReader = true });
        _loop = new EngineLoop(model, _limits, _counters, _time) { Ended = () => Interlocked.Decrement(ref _live) };
        _thread = new Thread(Run) { Name = "inference engine", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The numerics under which this engine computes.</summary>
    public string NumericsId => _model.NumericsId;

    /// <summary>Which kernels compute, for people: vector width and emitted instructions. Does not change a number.</summary>
    public string Kernels => _model.Kernels;

    /// <summary>The most tokens a sequence can have, prompt and answer together.</summary>
    public int MaxContext => _limits.MaxContext;

    /// <summary>Ids below this may be generated.</summary>
    public int SampleableIds => _limits.SampleableIds;

    /// <summary>Completes when the engine thread has ended; faulted when the engine stopped because its steps failed.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Raised on the engine thread when a finished sequence, computed once more in the background, came out different. Must be quick.</summary>
    public event Action<ShadowDifference>? ShadowDiffered
    {
        add => _loop.ShadowDiffered += value;
        remove => _loop.ShadowDiffered -= value;
    }

    /// <summary>Numbers for dashboards and tests.</summary>
    public EngineStatistics Statistics => new()
    {
        Running = Volatile.Read(ref _counters.Running),
        Waiting = Volatile.Read(ref _counters.Waiting),
        Parked = Volatile.Read(ref _counters.Parked),
        Live = Volatile.Read(ref _live),
        FreePages = Volatile.Read(ref _counters.FreePages),
        TotalPages = _limits.Pages,
        FreeSlots = Volatile.Read(ref _counters.FreeSlots),
        TotalSlots = _limits.Slots,
        Submitted = Volatile.Read(ref _counters.Submitted),
        QueueRejections = Volatile.Read(ref _counters.QueueRejections),
        Finished = Volatile.Read(ref _counters.Finished),
        Failed = Volatile.Read(ref _counters.Failed),
        Cancellations = Volatile.Read(ref _counters.Cancellations),
        Preemptions = Volatile.Read(ref _counters.Preemptions),
        Steps = Volatile.Read(ref _counters.Steps),
        FailedSteps = Volatile.Read(ref _counters.FailedSteps),
        Segments = Volatile.Read(ref _counters.Segments),
        LargestBatch = Volatile.Read(ref _counters.LargestBatch),
        PrefillTokens = Volatile.Read(ref _counters.PrefillTokens),
        DecodeTokens = Volatile.Read(ref _counters.DecodeTokens),
        GeneratedTokens = Volatile.Read(ref _counters.GeneratedTokens),
        PrefixQueries = Volatile.Read(ref _counters.PrefixQueries),
        PrefixQueryTokens = Volatile.Read(ref _counters.PrefixQueryTokens),
        PrefixHits = Volatile.Read(ref _counters.PrefixHits),
        PrefixHitTokens = Volatile.Read(ref _counters.PrefixHitTokens),
        PrefixMisses = Enum.GetValues<PrefixMiss>().ToDictionary(reason => reason, reason => Volatile.Read(ref _counters.PrefixMisses[(int)reason])),
        PrefixEvictions = Volatile.Read(ref _counters.PrefixEvictions),
        CachedPageBytes = Volatile.Read(ref _counters.CachedPages) * _model.PageBytes,
        Checkpoints = Volatile.Read(ref _counters.Checkpoints),
        CheckpointBytes = Volatile.Read(ref _counters.Checkpoints) * _model.SlotBytes,
        MaxDraftTokens = _limits.MaxDraftTokens,
        DraftSteps = Volatile.Read(ref _counters.DraftSteps),
        DraftTokens = Volatile.Read(ref _counters.DraftTokens),
        JudgedDrafts = _counters.JudgedDrafts,
        AcceptedDrafts = _counters.AcceptedDrafts,
        DraftTime = _time.GetElapsedTime(0, Volatile.Read(ref _counters.DraftTicks)),
        DraftFailures = Volatile.Read(ref _counters.DraftFailures),
        ShadowFailures = Volatile.Read(ref _counters.ShadowFailures),
        ShadowChecks = Volatile.Read(ref _counters.ShadowChecks),
        ShadowDifferences = Volatile.Read(ref _counters.ShadowDifferences),
        DraftingOffReason = _loop.Drafter?.OffReason,
        ModelTime = _time.GetElapsedTime(0, Volatile.Read(ref _counters.ModelTicks)),
        LoopTime = _time.GetElapsedTime(0, Volatile.Read(ref _counters.LoopTicks)),
    };

    /// <summary>Checks the request and queues it; returns at once.</summary>
    /// <exception cref="SequenceRejectedException">It could never be served (400).</exception>
    /// <exception cref="SnapshotException">Its resumed state is not usable here; submit without it.</exception>
    /// <exception cref="EngineFullException">As many sequences as allowed are live (429).</exception>
    /// <exception cref="EngineStoppedException">The engine has stopped (503).</exception>
    public SequenceHandle Submit(SequenceRequest request)
    {
        var tokenLimit = RequestCheck.TokenLimit(request, _model, _limits.MaxContext);
        if (request.Resume is { } snapshot)
            _loop.Transfer.Check(request, snapshot);

        lock (_door)
        {
            ThrowIfStopped();
            if (Volatile.Read(ref _live) >= _limits.MaxLive)
            {
                EngineCounters.Add(ref _counters.QueueRejections, 1);
                throw new EngineFullException(
                    $"{_limits.MaxLive} sequences are live ({_limits.Slots} may run, {_limits.MaxQueued} may wait). " +
                    "Try again later, or raise MaxQueued or MaxSequences.");
            }

            Interlocked.Increment(ref _live);
            EngineCounters.Add(ref _counters.Submitted, 1);
            var sequence = new Sequence(request, _arrivals++, tokenLimit, new Outbox(_limits.OutboxCapacity, Wake));
            Send(new EngineCommand.Add(sequence));
            return new SequenceHandle(sequence, Cancel);
        }
    }

    /// <summary>Copies a living sequence's state between two steps.</summary>
    /// <param name="handle">From this engine's <see cref="Submit"/>.</param>
    /// <param name="detach">Whether the sequence ends here with <see cref="FinishReason.Cancelled"/>, right after the copy; else it goes on.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The snapshot; its generated tokens are exactly those in the handle's events so far.</returns>
    /// <exception cref="InvalidOperationException">The sequence has ended.</exception>
    /// <exception cref="EngineFullException">Too many exports wait already.</exception>
    /// <exception cref="EngineStoppedException">The engine has stopped.</exception>
    public async Task<SequenceSnapshot> ExportAsync(SequenceHandle handle, bool detach, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handle);
        var result = new TaskCompletionSource<SequenceSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_door)
        {
            ThrowIfStopped();
            if (Volatile.Read(ref _exports) is var waiting && waiting >= _limits.MaxPendingExports)
                throw new EngineFullException($"{waiting} exports wait already. Try again later, or raise MaxPendingExports.");
            Interlocked.Increment(ref _exports);     // the engine thread counts down without the door
            Send(new EngineCommand.Export(handle.Sequence, detach, result));
        }

        return await result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends every sequence with <see cref="FinishReason.Cancelled"/>, lets the running step finish, stops the thread and gives the memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_door)
        {
            if (_disposed)
                return;
            _disposed = true;
            _stopReason ??= "The engine was shut down.";
            _stopping = true;
        }

        Wake();
        await _ended.Task.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        lock (_door)
            _wake.Dispose();
        _loop.Dispose();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            failure = RunUntilStopped();
        }
#pragma warning disable CA1031 // An exception here is a bug of the engine; it must not take the process along, and readers must hear of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        Shut(failure);
    }

    private Exception? RunUntilStopped()
    {
        while (!_stopping)
        {
            Obey();
            if (!_loop.Step())
                _wake.WaitOne();
            if (_loop.Broken is { } failure)
                return failure;
        }

        return null;
    }

    /// <summary>Closes the door, ends what is left, and says how the engine ended.</summary>
    private void Shut(Exception? failure)
    {
        lock (_door)
        {
            if (failure is not null)
                _stopReason = $"The engine stopped because its steps kept failing; the last said: {failure.Message}";
            _stopping = true;
        }

        try
        {
            Obey();
            _loop.EndAll(failure is null ? FinishReason.Cancelled : FinishReason.Error, failure is null ? null : _stopReason);
        }
        finally
        {
            if (failure is null)
                _ended.SetResult();
            else
                _ended.SetException(new EngineStoppedException(_stopReason!, failure));
        }
    }

    private void Obey()
    {
        while (_commands.Reader.TryRead(out var command))
        {
            if (command is EngineCommand.Add add)
                _loop.Add(add.Sequence);
            else if (command is EngineCommand.Export export)
                Export(export);
        }
    }

    private void Export(EngineCommand.Export export)
    {
        Interlocked.Decrement(ref _exports);
        if (export.Sequence.Status == SequenceStatus.Finished)
        {
            export.Result.SetException(new InvalidOperationException("The sequence has ended; there is no state left to export."));
            return;
        }

        try
        {
            export.Result.SetResult(_loop.Transfer.Export(export.Sequence));
        }
        catch (OutOfMemoryException exception)
        {
            export.Result.SetException(exception);
            return;
        }

        if (export.Detach)
            _loop.End(export.Sequence, FinishReason.Cancelled);
    }

    private void Cancel(Sequence sequence)
    {
        sequence.CancelRequested = true;
        Wake();
    }

    private void Send(EngineCommand command)
    {
        if (!_commands.Writer.TryWrite(command))
            throw new InvalidOperationException("The command channel is full although every command in it is counted.");
        Wake();
    }

    private void ThrowIfStopped()
    {
        if (_stopping)
            throw new EngineStoppedException(_stopReason ?? "The engine has stopped.");
    }

    private void Wake()
    {
        lock (_door)
        {
            if (!_ended.Task.IsCompleted)
                _wake.Set();
        }
    }
}
