namespace Platform.Engine;

/// <summary>Decides which tokens of which sequences the next step feeds, and who holds pages and slots. Engine thread only.</summary>
/// <remarks>
/// <para>A step feeds first one token of every decoding sequence, with drafts behind it where slots, pages and the budget have room to spare, then
/// chunks of unfinished prompts, then admits waiting sequences while the token budget lasts; each in order of arrival. Beside decoding sequences
/// the budget of prompts is small. Admission is strictly first come, first served: nobody overtakes a sequence that waits for pages, so nobody
/// starves.</para>
/// <para>A sequence gets pages for all its known tokens when it is admitted, less those it shares with the prefix cache, and one more each 64 tokens.
/// When none is free, the cache gives up what nobody uses; when that is not enough, the newest parked sequence gives its pages and slot back, else the
/// newest running one; it waits again under its old arrival number and is computed again from prompt and output, or from what the cache kept of
/// them. The oldest running sequence is never the one to give way, and it fits alone, so work always proceeds.</para>
/// </remarks>
internal sealed class Scheduler
{
    private readonly List<Sequence> _running = [];
    private readonly List<Sequence> _waiting = [];
    private readonly List<Sequence> _parked = [];
    private readonly StepBatch _batch = new();
    private readonly PageAllocator _pages;
    private readonly SlotAllocator _slots;
    private readonly DraftSlots _draftSlots;
    private readonly EngineCounters _counters;
    private readonly PrefixCache _prefixes;
    private readonly Action<Sequence> _admitted;
    private readonly int _maxBatchedTokens;
    private readonly int _maxPrefillChunk;
    private readonly int? _maxPrefillBesideDecode;

    /// <param name="limits">Checked options.</param>
    /// <param name="counters">Where preemptions are counted.</param>
    /// <param name="kv">The memory of the pages.</param>
    /// <param name="states">The memory of the slots, sequences' and checkpoints'.</param>
    /// <param name="admitted">Called when a sequence got its pages and slot, before it is scheduled: the place to import state.</param>
    public Scheduler(EngineLimits limits, EngineCounters counters, KvCache kv, StateStore states, Action<Sequence> admitted)
    {
        _pages = new PageAllocator(limits.Pages);
        _slots = new SlotAllocator(limits.Slots, limits.Cache.Checkpoints, limits.DraftSlots);
        _draftSlots = new DraftSlots(_slots);
        _prefixes = new PrefixCache(limits.Cache, kv, states, _pages, _slots, counters);
        _counters = counters;
        _admitted = admitted;
        _maxBatchedTokens = limits.MaxBatchedTokens;
        _maxPrefillChunk = limits.MaxPrefillChunk;
        _maxPrefillBesideDecode = limits.MaxPrefillBesideDecode;
    }

    /// <summary>Sequences that hold pages and a slot and may run, oldest first.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    /// <summary>Sequences that hold nothing and wait for admission, oldest first.</summary>
    public IReadOnlyList<Sequence> Waiting => _waiting;

    /// <summary>Sequences whose outbox is full.</summary>
    public IReadOnlyList<Sequence> Parked => _parked;

    public PageAllocator Pages => _pages;

    public SlotAllocator Slots => _slots;

    public PrefixCache Prefixes => _prefixes;

    public DraftSlots DraftSlots => _draftSlots;

    /// <summary>Whether the draft head reads the hidden rows of the next step.</summary>
    public bool KeepHidden { get; set; }

    /// <summary>Queues a new sequence.</summary>
    public void Add(Sequence sequence) => Queue(sequence);

    /// <summary>The next step; empty when nothing can run. Valid until the next call.</summary>
    public StepBatch Schedule()
    {
        _batch.Clear();
        Park();
        Unpark();
        ScheduleDecodes();
        ScheduleChunks();
        Admit();
        return _batch;
    }

    /// <summary>Takes a sequence out and its pages and slot back; the cache keeps what is worth keeping.</summary>
    /// <param name="sequence">Lives.</param>
    /// <param name="sound">False when a failure may have spoiled what it holds: then nothing is kept.</param>
    public void Remove(Sequence sequence, bool sound)
    {
        ListOf(sequence).Remove(sequence);
        Release(sequence, sound, comesBack: false);
        sequence.Status = SequenceStatus.Finished;
    }

    /// <summary>Takes pages and slot from a running or parked sequence; it is computed again later.</summary>
    public void Preempt(Sequence sequence)
    {
        Release(sequence, sound: true, comesBack: true);
        EngineCounters.Add(ref _counters.Preemptions, 1);
        if (sequence.Status != SequenceStatus.Running)
            return;
        _running.Remove(sequence);
        Queue(sequence);
    }

    private void Park()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            var sequence = _running[i];
            if (!sequence.Outbox.IsFull)
                continue;
            _running.RemoveAt(i);
            InsertByArrival(_parked, sequence);
            sequence.Status = SequenceStatus.Parked;
            sequence.Outbox.SetParked(true);
        }
    }

    private void Unpark()
    {
        for (var i = _parked.Count - 1; i >= 0; i--)
        {
            var sequence = _parked[i];
            if (!sequence.Outbox.HasDrained)
                continue;
            _parked.RemoveAt(i);
            sequence.Outbox.SetParked(false);
            if (sequence.HoldsCache)
                Run(sequence);
            else
                Queue(sequence);
        }
    }

    private void ScheduleDecodes()
    {
        // A victim is newer than the sequence that needs its page, so it lies behind i and is not in the batch yet.
        for (var i = 0; i < _running.Count; i++)
        {
            var sequence = _running[i];
            if (sequence.IsDecoding && GrowOrGiveWay(sequence))
                _batch.Add(sequence, 1, TakeDrafts(sequence, _running.Count - i - 1), KeepHidden);
        }
    }

    /// <summary>How many of the sequence's drafts this step feeds. Drafts never take what a token needs, of this sequence or another.</summary>
    private int TakeDrafts(Sequence sequence, int othersToCome)
    {
        var drafts = Math.Min(sequence.DraftCount, _draftSlots.Free);
        drafts = Math.Min(drafts, _maxBatchedTokens - _batch.Tokens - 1 - othersToCome);
        drafts = Math.Min(drafts, Math.Min(sequence.Outbox.Room, sequence.TokenLimit - sequence.TokenCount) - 1);
        if (drafts > 0 && (_pages.Free <= _running.Count || !_pages.TryGrow(sequence.State.Pages, sequence.TokenCount + drafts)))
            drafts = Math.Min(drafts, sequence.State.Pages.Count * PageAllocator.PageLength - sequence.TokenCount);
        if (drafts <= 0)
            return 0;
        _draftSlots.Take(sequence, drafts);
        return drafts;
    }

    private bool GrowOrGiveWay(Sequence sequence)
    {
        while (!_pages.TryGrow(sequence.State.Pages, sequence.TokenCount))
        {
            if (_prefixes.TryFree(1))
                continue;
            var victim = NewestHolder(_parked) ?? _running[^1];
            Preempt(victim);
            if (victim == sequence)
                return false;
        }

        return true;
    }

    private void ScheduleChunks()
    {
        foreach (var sequence in _running)
        {
            if (!sequence.IsDecoding)
                AddChunk(sequence);
        }
    }

    private void Admit()
    {
        while (_waiting.Count > 0 && PrefillRoom > 0)
        {
            var sequence = _waiting[0];
            var match = _prefixes.Find(sequence);
            if (IsBeingComputed(sequence, match) || !TryHold(sequence, ref match))
                return;
            _waiting.RemoveAt(0);
            sequence.State.Slot = _slots.Take();
            if (!_pages.TryGrow(sequence.State.Pages, sequence.TokenCount))
                throw new InvalidOperationException("Room was made for a sequence but its pages are not free.");
            Run(sequence);
            _prefixes.Adopt(sequence, match);
            _admitted(sequence);
            AddChunk(sequence);
        }
    }

    /// <summary>Whether a running sequence is about to leave a checkpoint that spares this one work: then it waits a few steps for it.</summary>
    private bool IsBeingComputed(Sequence sequence, PrefixMatch match)
    {
        foreach (var running in _running)
        {
            if (_prefixes.SharedWith(sequence, running) >= match.Length + CheckpointPlan.FewestTokens)
                return true;
        }

        return false;
    }

    /// <summary>Makes room for a waiting sequence and gives it the pages it shares. Where the match itself is in the way, it goes without.</summary>
    private bool TryHold(Sequence sequence, ref PrefixMatch match)
    {
        if (MakeRoom(sequence, match))
            return true;
        if (match.Checkpoint is null || _running.Count > 0)
            return false;
        match = PrefixMatch.None;
        return MakeRoom(sequence, match);
    }

    /// <summary>Whether a waiting sequence has room, taking from the cache and from parked ones if that makes it. While others run, one page for each of
    /// them stays free, so that an admission is not undone by the next token.</summary>
    private bool MakeRoom(Sequence sequence, PrefixMatch match)
    {
        var own = PageAllocator.PagesFor(sequence.TokenCount) - match.FullPages;
        var pages = _pages.Available - _prefixes.IdlePagesOf(match);
        var slots = _slots.Free;
        foreach (var parked in _parked)
        {
            foreach (var page in parked.State.Pages)
                pages += _pages.UsersOf(page) == 1 ? 1 : 0;
            slots += parked.HoldsCache ? 1 : 0;
        }

        if (_running.Count > 0 && (pages < own + _running.Count || slots == 0))
            return false;
        _prefixes.Hold(sequence, match);
        while (_slots.Free == 0 || !_prefixes.TryFree(own))
        {
            if (NewestHolder(_parked) is { } parked)
            {
                Preempt(parked);
                continue;
            }

            _prefixes.PutBack(sequence, match);
            return false;
        }

        return true;
    }

    /// <summary>Prompt tokens that the step may still feed. Beside decoding sequences they are few, so that nobody's next token waits for a long prompt.</summary>
    private int PrefillRoom
    {
        get
        {
            var room = _maxBatchedTokens - _batch.Tokens;
            if (_batch.DecodeTokens == 0)
                return room;
            var beside = _maxPrefillBesideDecode ?? Math.Max(PageAllocator.PageLength, _batch.DecodeTokens * 3 / 2);
            return Math.Min(room, beside - _batch.PrefillTokens);
        }
    }

    private void AddChunk(Sequence sequence)
    {
        var budget = Math.Min(PrefillRoom, _maxPrefillChunk);
        if (budget > 0)
        {
            _batch.Add(sequence, Math.Min(budget, sequence.Pending), 0, KeepHidden);
            _prefixes.Prepare(sequence);
        }
    }

    private void Run(Sequence sequence)
    {
        InsertByArrival(_running, sequence);
        sequence.Status = SequenceStatus.Running;
    }

    private void Queue(Sequence sequence)
    {
        InsertByArrival(_waiting, sequence);
        sequence.Status = SequenceStatus.Waiting;
    }

    private void Release(Sequence sequence, bool sound, bool comesBack)
    {
        _draftSlots.Release(sequence);
        sequence.DropDrafts();
        sequence.HeadLength = 0;
        _prefixes.Release(sequence, sound, comesBack);
    }

    private List<Sequence> ListOf(Sequence sequence) => sequence.Status switch
    {
        SequenceStatus.Running => _running,
        SequenceStatus.Waiting => _waiting,
        SequenceStatus.Parked => _parked,
        _ => throw new InvalidOperationException($"Sequence {sequence.Arrival} has ended already."),
    };

    private static Sequence? NewestHolder(List<Sequence> sequences)
    {
        for (var i = sequences.Count - 1; i >= 0; i--)
        {
            if (sequences[i].HoldsCache)
                return sequences[i];
        }

        return null;
    }

    private static void InsertByArrival(List<Sequence> sequences, Sequence sequence)
    {
        var index = sequences.Count;
        while (index > 0 && sequences[index - 1].Arrival > sequence.Arrival)
            index--;
        sequences.Insert(index, sequence);
    }
}
