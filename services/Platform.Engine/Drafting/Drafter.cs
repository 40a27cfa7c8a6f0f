namespace Platform.Engine;

/// <summary>After each step lets the draft source follow it and gives the sequences their drafts for the next. Engine thread only.</summary>
internal sealed class Drafter : IDisposable
{
    private readonly IDraftSource _source;
    private readonly EngineCounters _counters;
    private readonly TimeProvider _time;
    private readonly List<DraftTurn> _turns = [];
    private readonly List<Sequence> _decoding = [];
    private readonly int[] _wanted;
    private bool _couldPay = true;

    public Drafter(IDraftSource source, EngineLimits limits, EngineCounters counters, TimeProvider time)
    {
        _source = source;
        _counters = counters;
        _time = time;
        _wanted = new int[limits.Slots];
        Control = new DraftControl(limits);
    }

    public DraftControl Control { get; }

    /// <summary>Why drafting stopped for good, or null while it works.</summary>
    public string? OffReason { get; private set; }

    /// <summary>Whether the next step must keep hidden rows.</summary>
    public bool KeepHidden => OffReason is null && _couldPay && _source.ReadsHidden;

    /// <summary>Stops drafting until the engine is started again.</summary>
    public void SwitchOff(string reason) => OffReason ??= reason;

    /// <summary>Follows a step that was drawn and settled.</summary>
    public void Draft(StepBatch batch, StepOutput output)
    {
        if (OffReason is not null)
            return;
        Collect(batch);
        _couldPay = Control.CouldPay(_decoding.Count);
        if (!_couldPay)
            Control.NotDrafted();
        if (_turns.Count == 0 || !_couldPay)
            return;
        Control.Plan(_decoding, _wanted);
        var links = SetWanted();
        var start = _time.GetTimestamp();
        try
        {
            _source.Draft(_turns, output);
        }
#pragma warning disable CA1031 // Whatever a draft source throws, the sequences can do without it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            EngineCounters.Add(ref _counters.DraftFailures, 1);
            SwitchOff($"Drafting failed: {exception.Message}");
            foreach (var turn in _turns)
                turn.Sequence.DropDrafts();
            return;
        }

        var ticks = _time.GetTimestamp() - start;
        EngineCounters.Add(ref _counters.DraftTicks, ticks);
        if (_decoding.Count == _turns.Count)
            Control.DraftTook(links, ticks);
    }

    public void Dispose() => _source.Dispose();

    private void Collect(StepBatch batch)
    {
        _turns.Clear();
        _decoding.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            var (sequence, segment) = (batch.Sequences[i], batch.Segments[i]);
            if (sequence.Status == SequenceStatus.Finished)
                continue;
            if (sequence.IsDecoding)
                _decoding.Add(sequence);
            if (_source.ReadsHidden && !segment.KeepHidden)
                sequence.HeadLength = 0;
            else
                _turns.Add(new DraftTurn(sequence, i, segment.TokenOffset, sequence.State.Length - segment.TokenOffset, 0));
        }
    }

    /// <returns>The longest chain that is wanted.</returns>
    private int SetWanted()
    {
        var links = 0;
        for (var i = 0; i < _turns.Count; i++)
        {
            if (_decoding.IndexOf(_turns[i].Sequence) is not (>= 0 and var index))
                continue;
            _turns[i] = _turns[i] with { Wanted = _wanted[index] };
            links = Math.Max(links, _wanted[index]);
        }

        return links;
    }
}
