namespace Platform.Engine;

/// <summary>Sums that the engine keeps and any thread may read.</summary>
internal sealed class EngineCounters
{
    public long Submitted;
    public long QueueRejections;
    public long Finished;
    public long Failed;
    public long Cancellations;
    public long Preemptions;
    public long Steps;
    public long FailedSteps;
    public long Segments;
    public long LargestBatch;
    public long PrefillTokens;
    public long DecodeTokens;
    public long GeneratedTokens;
    public long ModelTicks;
    public long LoopTicks;
    public long Running;
    public long Waiting;
    public long Parked;
    public long FreePages;
    public long FreeSlots;
    public long PrefixQueries;
    public long PrefixQueryTokens;
    public long PrefixHits;
    public long PrefixHitTokens;
    public long PrefixEvictions;
    public long CachedPages;
    public long Checkpoints;
    public readonly long[] PrefixMisses = new long[Enum.GetValues<PrefixMiss>().Length];
    public long DraftSteps;
    public long DraftTokens;
    public long DraftTicks;
    public long DraftFailures;
    public long ShadowChecks;
    public long ShadowDifferences;
    public long ShadowFailures;

    private readonly long[] _judgedDrafts = new long[EngineOptions.LargestDraft];
    private readonly long[] _acceptedDrafts = new long[EngineOptions.LargestDraft];

    /// <summary>Drafts at each position behind the last known token that the target's draw was compared with.</summary>
    public long[] JudgedDrafts => Copy(_judgedDrafts);

    /// <summary>Of those, the ones that were right.</summary>
    public long[] AcceptedDrafts => Copy(_acceptedDrafts);

    public void JudgeDraft(int position, bool right)
    {
        Add(ref _judgedDrafts[position], 1);
        if (right)
            Add(ref _acceptedDrafts[position], 1);
    }

    public static void Add(ref long counter, long amount) => Interlocked.Add(ref counter, amount);

    public static void Set(ref long counter, long value) => Volatile.Write(ref counter, value);

    private static long[] Copy(long[] counters)
    {
        var copy = new long[counters.Length];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = Volatile.Read(ref counters[i]);
        return copy;
    }
}
