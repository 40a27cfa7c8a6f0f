namespace Platform.Engine;

/// <summary>What the engine is doing and has done. Each number is current; two of them may be a step apart.</summary>
public sealed record EngineStatistics
{
    /// <summary>Sequences that hold pages and a slot and are scheduled.</summary>
    public required long Running { get; init; }

    /// <summary>Sequences that wait for admission, preempted ones included.</summary>
    public required long Waiting { get; init; }

    /// <summary>Sequences whose reader is behind.</summary>
    public required long Parked { get; init; }

    /// <summary>Sequences submitted and not ended: running, waiting, parked, and those the engine thread has not seen yet.</summary>
    public required long Live { get; init; }

    /// <summary>Pages that sequences could have: free ones, and those that only the prefix cache keeps.</summary>
    public required long FreePages { get; init; }

    public required long TotalPages { get; init; }

    public required long FreeSlots { get; init; }

    public required long TotalSlots { get; init; }

    /// <summary>Sequences accepted since the start.</summary>
    public required long Submitted { get; init; }

    /// <summary>Sequences refused because the engine was full.</summary>
    public required long QueueRejections { get; init; }

    /// <summary>Sequences that ended with Stop or Length.</summary>
    public required long Finished { get; init; }

    /// <summary>Sequences that ended with Error.</summary>
    public required long Failed { get; init; }

    /// <summary>Sequences that were cancelled.</summary>
    public required long Cancellations { get; init; }

    /// <summary>How often a sequence lost its pages and slot and had to be computed again.</summary>
    public required long Preemptions { get; init; }

    /// <summary>Steps run, failed ones included.</summary>
    public required long Steps { get; init; }

    public required long FailedSteps { get; init; }

    /// <summary>Sum over the steps of the sequences in them; divided by <see cref="Steps"/> the mean batch.</summary>
    public required long Segments { get; init; }

    /// <summary>The most sequences any step held.</summary>
    public required long LargestBatch { get; init; }

    /// <summary>Tokens fed as prompt, replay or recomputation.</summary>
    public required long PrefillTokens { get; init; }

    /// <summary>Tokens fed one by one just after they were generated.</summary>
    public required long DecodeTokens { get; init; }

    /// <summary>Tokens emitted.</summary>
    public required long GeneratedTokens { get; init; }

    /// <summary>The most drafts a sequence can have in one step; 0 when the engine does not draft.</summary>
    public required int MaxDraftTokens { get; init; }

    /// <summary>Steps that fed drafts.</summary>
    public required long DraftSteps { get; init; }

    /// <summary>Drafts fed.</summary>
    public required long DraftTokens { get; init; }

    /// <summary>Drafts that the target's draw was compared with, by position behind the last known token; those after a wrong one are not compared.</summary>
    public required IReadOnlyList<long> JudgedDrafts { get; init; }

    /// <summary>Drafts that were right, by position; divided by <see cref="JudgedDrafts"/> the acceptance at that position.</summary>
    public required IReadOnlyList<long> AcceptedDrafts { get; init; }

    /// <summary>Time spent in the draft source, all steps. Part of <see cref="LoopTime"/>.</summary>
    public required TimeSpan DraftTime { get; init; }

    /// <summary>Why drafting stopped until the next start, or null.</summary>
    public required string? DraftingOffReason { get; init; }

    /// <summary>Finished sequences that were computed once more in the background.</summary>
    public required long ShadowChecks { get; init; }

    /// <summary>Checks that could not be made, because the model failed.</summary>
    public required long ShadowFailures { get; init; }

    /// <summary>Failures of the draft source; the first switches drafting off.</summary>
    public required long DraftFailures { get; init; }

    /// <summary>Of those, the ones that came out different.</summary>
    public required long ShadowDifferences { get; init; }

    /// <summary>Time spent in the model, all steps.</summary>
    public required TimeSpan ModelTime { get; init; }

    /// <summary>Time spent in scheduling, sampling, drafting and emitting, all steps.</summary>
    public required TimeSpan LoopTime { get; init; }

    /// <summary>Prompts that were looked up in the prefix cache.</summary>
    public required long PrefixQueries { get; init; }

    /// <summary>Their tokens.</summary>
    public required long PrefixQueryTokens { get; init; }

    /// <summary>Prompts of which at least one token was found.</summary>
    public required long PrefixHits { get; init; }

    /// <summary>Tokens that were found and not computed.</summary>
    public required long PrefixHitTokens { get; init; }

    /// <summary>Prompts that found less than they might have, by reason.</summary>
    public required IReadOnlyDictionary<PrefixMiss, long> PrefixMisses { get; init; }

    /// <summary>Checkpoints that were given up.</summary>
    public required long PrefixEvictions { get; init; }

    /// <summary>Bytes of keys and values that the prefix cache keeps, in use or not.</summary>
    public required long CachedPageBytes { get; init; }

    /// <summary>States that the prefix cache keeps.</summary>
    public required long Checkpoints { get; init; }

    /// <summary>Bytes of those states.</summary>
    public required long CheckpointBytes { get; init; }
}
