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

    public static void Add(ref long counter, long amount) => Interlocked.Add(ref counter, amount);

    public static void Set(ref long counter, long value) => Volatile.Write(ref counter, value);
}
