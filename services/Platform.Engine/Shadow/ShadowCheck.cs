namespace Platform.Engine;

/// <summary>
/// Computes a small share of the finished answers once more, plainly: one token a step, no drafts, nothing from a cache, in pages and a slot of
/// its own. Each row of logits must be the same bit by bit, and the draw from it the same token. A difference is told, and what the answer
/// used beyond plain decoding is switched off.
/// </summary>
/// <remarks>Works while the engine has nothing else to do, and now and then a little while it has: one answer at a time, of a bounded length. Others that
/// finish meanwhile go unchecked. The answer's own tokens are fed, so constraints and stop rules, which may remember, are not asked again. Engine thread only.</remarks>
internal sealed class ShadowCheck
{
    private const int IdleChunk = 64;
    private const int BusyChunk = 8;
    private const int StepsBetween = 64;

    private readonly EngineModel _model;
    private readonly KvCache _cache;
    private readonly StateStore _states;
    private readonly StepOutput _output;
    private readonly RowSampler _sampler;
    private readonly EngineCounters _counters;
    private readonly ShadowLimits _limits;
    private readonly StepSegment[] _segments = new StepSegment[1];
    private Sequence? _original;
    private Sequence? _shadow;
    private int _busySteps;

    public ShadowCheck(
        EngineModel model, ShadowLimits limits, KvCache cache, StateStore states, StepOutput output, RowSampler sampler, EngineCounters counters)
    {
        _model = model;
        _limits = limits;
        _cache = cache;
        _states = states;
        _output = output;
        _sampler = sampler;
        _counters = counters;
    }

    /// <summary>Whether an answer is being checked.</summary>
    public bool IsAtWork => _shadow is not null;

    /// <summary>Called with the answer and the index of its first token that differs.</summary>
    public Action<Sequence, int>? Differs { get; set; }

    /// <summary>Chooses whether a new sequence may be checked when it ends.</summary>
    public void Choose(Sequence sequence)
    {
        // The arrival number, well mixed, is a fair coin that needs no state.
        var mixed = (ulong)(sequence.Arrival + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
        if ((mixed >> 11) * (1.0 / (1UL << 53)) < _limits.Share && sequence.TokenCount < _limits.Tokens && sequence.Request.Resume is null)
            sequence.Shadow = new ShadowRecord(_limits.Tokens);
    }

    /// <summary>Takes an answer that ended by itself, when it was chosen, used what is to be checked, and nobody else is at work.</summary>
    public void Offer(Sequence finished)
    {
        if (_shadow is not null || finished.Shadow is not { IsWhole: true, Rows.Count: > 0 })
            return;
        if (finished.DraftRecord.Judged == 0 && !finished.UsedPrefixCache)
            return;
        var request = finished.Request with
        {
            Constraint = null,
            Stop = null,
            ReplayTokens = [.. finished.Generated[..^finished.Shadow.Rows.Count]],
            Logprobs = false,
            TopLogprobs = 0,
        };
        _original = finished;
        _shadow = new Sequence(request, finished.Arrival, finished.TokenCount, new Outbox(1, static () => { })) { Shadow = new ShadowRecord(_limits.Tokens) };
        for (var page = 0; page < PageAllocator.PagesFor(_limits.Tokens); page++)
            _shadow.State.Pages.Add(_limits.FirstPage + page);
        _shadow.State.Slot = _limits.Slot;
    }

    /// <summary>Goes on a little, if there is something to check.</summary>
    /// <param name="idle">Whether the engine has nothing else to do.</param>
    /// <returns>Whether the model was run.</returns>
    public bool Step(bool idle)
    {
        if (_shadow is null || (!idle && ++_busySteps % StepsBetween != 0))
            return false;
        try
        {
            Feed(_shadow, _original!, idle ? IdleChunk : BusyChunk);
        }
#pragma warning disable CA1031 // The check is a guest: its failure ends the check and nothing else.
        catch (Exception)
#pragma warning restore CA1031
        {
            EngineCounters.Add(ref _counters.ShadowFailures, 1);
            Leave();
        }

        return true;
    }

    /// <summary>Forgets the answer that is being checked.</summary>
    public void Leave()
    {
        _shadow = null;
        _original = null;
    }

    private void Feed(Sequence shadow, Sequence original, int chunk)
    {
        var tokens = Math.Min(shadow.Pending, chunk);
        _segments[0] = shadow.Feed(tokens, 0, keepHidden: false);
        _model.Run(_segments, _cache, _states, _output);
        shadow.State.Length += tokens;
        if (_segments[0].Logits == LogitRows.None)
            return;

        _sampler.Clear();
        var draw = _sampler.Add(shadow, _output.FirstLogitRow(0), shadow.TokenCount);
        _sampler.Draw(_output);
        var index = shadow.Generated.Length;
        var said = original.Generated[index];
        var row = original.Shadow!.Rows[index - (original.Generated.Length - original.Shadow.Rows.Count)];
        var sameDraw = original.Request.Constraint is not null || (draw.Failure is null && draw.Token == said);
        if (draw.RowHash != row || !sameDraw)
            Finish(index, differs: true);
        else if (index + 1 == original.Generated.Length)
            Finish(index, differs: false);
        else
            shadow.Append(said);
    }

    private void Finish(int index, bool differs)
    {
        var original = _original!;
        Leave();
        EngineCounters.Add(ref _counters.ShadowChecks, 1);
        if (!differs)
            return;
        EngineCounters.Add(ref _counters.ShadowDifferences, 1);
        Differs?.Invoke(original, index);
    }
}
