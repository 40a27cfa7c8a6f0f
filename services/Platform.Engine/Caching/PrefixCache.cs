namespace Platform.Engine;

/// <summary>Prefixes that were computed before: their pages and, at checkpoints, their states. A sequence starts from the deepest checkpoint on its path
/// instead of from nothing, and gets the same bits (law 1). Engine thread only.</summary>
/// <remarks>
/// A hit needs keys, values and state; a path whose state is gone is a miss with a reason, never a guess. Full pages are shared and never written
/// again; the page a checkpoint ends in is copied. Whatever only the cache holds is given up for a running sequence before anybody is preempted.
/// </remarks>
internal sealed class PrefixCache
{
    private readonly CacheLimits _limits;
    private readonly KvCache _kv;
    private readonly StateStore _states;
    private readonly PageAllocator _pages;
    private readonly SlotAllocator _slots;
    private readonly EngineCounters _counters;
    private readonly PrefixTree _tree;
    private readonly CheckpointShelf _shelf;
    private long[] _keys = [];
    private long[] _otherKeys = [];
    private int[] _path = [];
    private bool _off;

    public PrefixCache(CacheLimits limits, KvCache kv, StateStore states, PageAllocator pages, SlotAllocator slots, EngineCounters counters)
    {
        _limits = limits;
        _kv = kv;
        _states = states;
        _pages = pages;
        _slots = slots;
        _counters = counters;
        _tree = new PrefixTree(pages);
        _shelf = new CheckpointShelf(_tree, slots, states.SlotBytes, kv.PageBytes, counters);
    }

    public bool IsOn => !_off && _limits.Checkpoints > 0 && _limits.Pages > 0;

    /// <summary>Finds and keeps nothing more until the engine is started again; what is kept goes when its place is needed.</summary>
    public void SwitchOff() => _off = true;

    public PrefixTree Tree => _tree;

    public CheckpointShelf Shelf => _shelf;

    /// <summary>What is known of a waiting sequence's tokens. Its last one is always computed: somebody wants its logits.</summary>
    public PrefixMatch Find(Sequence sequence)
    {
        if (!IsOn)
            return PrefixMatch.None;
        var match = _tree.Match(sequence.Request.CacheSalt, KeysOf(sequence, sequence.TokenCount), sequence.TokenCount - 1);
        // A snapshot is written over the sequence's pages, which must be its own then.
        return sequence.Request.Resume is { } snapshot && snapshot.CachedLength >= match.Length ? PrefixMatch.None : match;
    }

    /// <summary>How many tokens a waiting sequence could soon share with one whose prompt is being computed.</summary>
    public int SharedWith(Sequence waiting, Sequence computing)
    {
        var last = computing.Plan.LastPosition;
        if (!IsOn || last == 0 || computing.Request.CacheSalt != waiting.Request.CacheSalt)
            return 0;
        var length = Math.Min(waiting.TokenCount - 1, last);
        var keys = KeysOf(waiting, length);
        if (_otherKeys.Length < length)
            _otherKeys = new long[length * 2];
        var others = _otherKeys.AsSpan(0, length);
        computing.Keys.Fill(computing.Tokens[..length], others);
        return computing.Plan.LastPositionUpTo(keys.CommonPrefixLength(others));
    }

    /// <summary>Shares a match's full pages with the sequence and holds the rest of it until <see cref="Adopt"/> or <see cref="PutBack"/>.</summary>
    public void Hold(Sequence sequence, PrefixMatch match)
    {
        if (match.Checkpoint is not { } checkpoint)
            return;
        checkpoint.IsPinned = true;
        var path = PathTo(checkpoint.Node);
        foreach (var page in path[..match.FullPages])
        {
            _pages.Use(page);
            sequence.State.Pages.Add(page);
        }

        if (path.Length > match.FullPages)
            _pages.Use(path[^1]);
    }

    /// <summary>Undoes <see cref="Hold"/>.</summary>
    public void PutBack(Sequence sequence, PrefixMatch match)
    {
        if (match.Checkpoint is null)
            return;
        Unpin(match);
        _pages.Release(sequence.State.Pages);
    }

    /// <summary>How many pages a match holds that were idle: they are not available to its own sequence.</summary>
    public int IdlePagesOf(PrefixMatch match)
    {
        if (match.Checkpoint is null)
            return 0;
        var idle = 0;
        foreach (var page in PathTo(match.Checkpoint.Node))
            idle += _pages.IsIdle(page) ? 1 : 0;
        return idle;
    }

    /// <summary>Counts the lookup, fills the sequence's own page and slot from the match, and plans its checkpoints.</summary>
    public void Adopt(Sequence sequence, PrefixMatch match)
    {
        if (!IsOn)
            return;
        Count(sequence, match);
        var plan = sequence.Plan;
        plan.Clear();
        if (match.Checkpoint is { } checkpoint)
        {
            var path = PathTo(checkpoint.Node);
            if (path.Length > match.FullPages)
                _kv.CopyPage(path[^1], sequence.State.Pages[match.FullPages]);
            _states.Copy(checkpoint.Slot, sequence.State.Slot);
            sequence.State.Length = match.Length;
            sequence.UsedPrefixCache = true;
            Unpin(match);
            _shelf.Used(checkpoint);
            var isNextQuery = sequence.Request.ReturnPosition > match.Length;
            if (checkpoint.IsReturn && isNextQuery)
                CheckpointShelf.Abandon(checkpoint);
            if (!checkpoint.IsReturn || isNextQuery)
            {
                checkpoint.Continuations++;
                plan.Origin = checkpoint;
            }

            plan.Period = checkpoint.Period;
        }

        plan.Choose(sequence.Request, sequence.State.Length, match.Known, _limits.PerRequest);
    }

    /// <summary>Asks the step that feeds the next tokens to write the state at planned positions into slots.</summary>
    public void Prepare(Sequence sequence)
    {
        var plan = sequence.Plan;
        var segment = sequence.Segment;
        plan.PassTo(sequence.State.Length);     // an import may have gone past some
        var end = sequence.State.Length + segment.TokenCount;
        if (plan.Ahead.IsEmpty || plan.Ahead[0] > end)
            return;
        // The newest first: it is worth more than those it replaces.
        for (var i = plan.Ahead.Length - 1; i >= 0; i--)
        {
            var position = plan.Ahead[i];
            if (position > end)
                continue;
            var slot = SlotFor(sequence, position, isLast: i == plan.Ahead.Length - 1);
            if (slot < 0)
                continue;
            segment.SnapshotSlots ??= plan.SnapshotSlots(segment.TokenCount);
            segment.SnapshotSlots[position - sequence.State.Length - 1] = slot;
            plan.Take(position, slot);
        }

        plan.PassTo(end);
    }

    /// <summary>After a step: the states it wrote become checkpoints, with the pages that lead to them.</summary>
    public void Commit(Sequence sequence)
    {
        var plan = sequence.Plan;
        if (plan.Taken.Count == 0)
            return;
        sequence.Segment.SnapshotSlots = null;
        foreach (var (position, slot) in plan.Taken)
            Insert(sequence, position, slot, isTurnEnd: false, plan.Period);
        plan.TakenAreDone();
        KeepWithinLimit();
    }

    /// <summary>Takes pages and slot from a sequence that ended or gives way. What it computed stays here, if that is worth something.</summary>
    /// <param name="sequence">Holds pages and maybe a slot.</param>
    /// <param name="sound">False when a failure may have left its state half written.</param>
    /// <param name="comesBack">It was preempted and will be computed again.</param>
    public void Release(Sequence sequence, bool sound, bool comesBack)
    {
        var plan = sequence.Plan;
        foreach (var (_, slot) in plan.Taken)
            _slots.ReleaseCheckpoint(slot);
        plan.TakenAreDone();
        sequence.Segment.SnapshotSlots = null;
        var slotStays = sound && IsOn && KeepEnd(sequence, comesBack);
        if (plan.Origin is { } origin)
            origin.Continuations--;
        plan.Clear();
        if (sequence.State.Slot >= 0 && !slotStays)
            _slots.Release(sequence.State.Slot);
        _pages.Release(sequence.State.Pages);
        sequence.State.Slot = -1;
        sequence.State.Length = 0;
        KeepWithinLimit();
    }

    /// <summary>Gives up what is worth least until so many pages are free.</summary>
    /// <returns>False when the cache has nothing left to give.</returns>
    public bool TryFree(int pages)
    {
        while (_pages.Free < pages)
        {
            if (_pages.Idle == 0 || !_shelf.EvictForPages())
                return false;
        }

        return true;
    }

    private void KeepWithinLimit()
    {
        while (_pages.Kept > _limits.Pages && _shelf.EvictForPages())
        {
        }
    }

    /// <summary>Makes the state after the last computed token a checkpoint: the next prompt may continue exactly there.</summary>
    private bool KeepEnd(Sequence sequence, bool comesBack)
    {
        var length = sequence.State.Length;
        if (sequence.State.Slot < 0 || length == 0)
            return false;
        var match = _tree.Match(sequence.Request.CacheSalt, KeysOf(sequence, length), length);
        var tokens = length - CheckpointValue.KeptBefore(match.Checkpoint?.Node);
        if (length - match.Length < CheckpointPlan.FewestTokens)
            return false;
        var period = comesBack ? 1 : sequence.Plan.Period;
        var reuse = comesBack ? 1 : _shelf.TurnEndReuse;
        var value = CheckpointValue.Of(tokens, reuse, _states.SlotBytes, _shelf.WaitAfter(period));
        if (!_shelf.MakePlace(value) || !_slots.TryTurnIntoCheckpoint(sequence.State.Slot))
            return false;
        Insert(sequence, length, sequence.State.Slot, isTurnEnd: !comesBack, period);
        return true;
    }

    private int SlotFor(Sequence sequence, int position, bool isLast)
    {
        var keys = KeysOf(sequence, position);
        var match = _tree.Match(sequence.Request.CacheSalt, keys, position);
        if (match.Length == position)
            return -1;                      // somebody was faster
        var kept = CheckpointValue.KeptBefore(match.Checkpoint?.Node);
        var reuse = !isLast && position != sequence.Request.ReturnPosition ? CheckpointValue.Replaced : sequence.Plan.Period > 0 ? 1 : CheckpointValue.Unproven;
        var value = CheckpointValue.Of(position - kept, reuse, _states.SlotBytes, _shelf.WaitAfter(sequence.Plan.Period));
        return _shelf.MakePlace(value) ? _slots.TakeForCheckpoint() : -1;
    }

    private void Insert(Sequence sequence, int position, int slot, bool isTurnEnd, double period)
    {
        var keys = KeysOf(sequence, position);
        var node = _tree.Insert(sequence.Request.CacheSalt, keys, sequence.State.Pages);
        if (node.Checkpoint is not null)
        {
            _slots.ReleaseCheckpoint(slot);
            return;
        }

        var name = PrefixTree.NameOf(sequence.Request.CacheSalt);
        foreach (var key in keys)
            name = PrefixTree.NameAfter(name, key);
        _shelf.Add(new StateCheckpoint
        {
            Node = node,
            Slot = slot,
            IsTurnEnd = isTurnEnd,
            IsReturn = position == sequence.Request.ReturnPosition,
            Name = name,
            LastUsed = _shelf.Now,
            Period = period,
        });
    }

    private void Count(Sequence sequence, PrefixMatch match)
    {
        if (sequence.Plan.IsCounted || sequence.Request.Resume is not null)
            return;
        sequence.Plan.IsCounted = true;
        _shelf.Tick();
        var hit = Math.Min(match.Length, sequence.PromptLength);
        sequence.CachedTokens = Math.Max(sequence.CachedTokens, hit);
        EngineCounters.Add(ref _counters.PrefixQueries, 1);
        EngineCounters.Add(ref _counters.PrefixQueryTokens, sequence.PromptLength);
        EngineCounters.Add(ref _counters.PrefixHitTokens, hit);
        if (hit > 0)
            EngineCounters.Add(ref _counters.PrefixHits, 1);
        if (MissOf(sequence, match) is { } reason)
            EngineCounters.Add(ref _counters.PrefixMisses[(int)reason], 1);
    }

    /// <summary>Why not more was found; null when nothing more could be expected.</summary>
    private PrefixMiss? MissOf(Sequence sequence, PrefixMatch match)
    {
        if (match.OtherPicture)
            return PrefixMiss.Picture;
        var keys = KeysOf(sequence, sequence.TokenCount);
        if (_shelf.WasEvicted(sequence.Request, keys, match.Length))
            return PrefixMiss.Evicted;
        if (Math.Min(match.Known, sequence.TokenCount - 1) >= match.Length + CheckpointPlan.FewestTokens)
            return PrefixMiss.NoState;
        if (match.Length > 0)
            return null;
        return OthersKnow(sequence.Request.CacheSalt, keys) ? PrefixMiss.Salt : PrefixMiss.NoPrefix;
    }

    private bool OthersKnow(string salt, ReadOnlySpan<long> keys)
    {
        const int mostAsked = 64;
        var asked = 0;
        foreach (var other in _tree.Roots.Keys)
        {
            if (other != salt && _tree.Match(other, keys, keys.Length - 1).Length > 0)
                return true;
            if (++asked == mostAsked)
                return false;
        }

        return false;
    }

    private void Unpin(PrefixMatch match)
    {
        match.Checkpoint!.IsPinned = false;
        if (match.Length % PageAllocator.PageLength != 0)
            _pages.Unuse(PathTo(match.Checkpoint.Node)[^1]);
    }

    private ReadOnlySpan<int> PathTo(PrefixNode node)
    {
        var length = PageAllocator.PagesFor(node.End);
        if (_path.Length < length)
            _path = new int[length * 2];
        var path = _path.AsSpan(0, length);
        PrefixTree.PagesTo(node, path);
        return path;
    }

    private Span<long> KeysOf(Sequence sequence, int count)
    {
        if (_keys.Length < count)
            _keys = new long[count * 2];
        var keys = _keys.AsSpan(0, count);
        sequence.Keys.Fill(sequence.Tokens[..count], keys);
        return keys;
    }
}
