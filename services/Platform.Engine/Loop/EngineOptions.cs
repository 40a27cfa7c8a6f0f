using System.ComponentModel.DataAnnotations;

namespace Platform.Engine;

/// <summary>The engine's bounds. Checked against the model and the machine when the engine is made.</summary>
public sealed record EngineOptions
{
    /// <summary>The most drafts a sequence can have in one step.</summary>
    public const int LargestDraft = 8;

    /// <summary>Sequences that run at once; each has a slot of recurrent state, whose bytes do not depend on its length (19 MiB for 0.8B,
    /// 183 MiB for 397B).</summary>
    [Range(1, 4096)]
    public int MaxSequences { get; init; } = 16;

    /// <summary>Pages of the KV cache, 64 positions each. Null: as <see cref="KvCacheBytes"/> says. Set at most one of the two.</summary>
    [Range(1, 1 << 24)]
    public int? Pages { get; init; }

    /// <summary>Bytes of the KV cache. Null, with <see cref="Pages"/> null too: enough for every sequence at full context, but at most a
    /// quarter of the memory limit.</summary>
    public long? KvCacheBytes { get; init; }

    /// <summary>Bytes of the KV cache that finished prefixes may keep; running sequences take them back when they need them. Null: all of it. 0 turns the
    /// prefix cache off.</summary>
    public long? PrefixCacheBytes { get; init; }

    /// <summary>Bytes of states that the prefix cache may keep beside those of running sequences, one slot per checkpoint. Null: an eighth of the memory
    /// limit, at most 4,096 checkpoints, and never more than is left. 0 turns the prefix cache off.</summary>
    public long? CheckpointBytes { get; init; }

    /// <summary>Checkpoints that one prompt leaves at its newest message borders. More help edited conversations and cost a state each.</summary>
    [Range(1, 1024)]
    public int CheckpointsPerRequest { get; init; } = 3;

    /// <summary>Bytes that cache and states together may take. Null: what this machine or container has, less what the process uses already.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>The longest sequence, prompt and answer together. Null: the model's context. Never more than the pages hold.</summary>
    [Range(2, 1 << 24)]
    public int? MaxContext { get; init; }

    /// <summary>The most tokens one step feeds. More makes prefill faster and the other sequences' tokens wait longer. At least 64 and at
    /// least <see cref="MaxSequences"/>; at most what the model was loaded for. Null: what the model was loaded for.</summary>
    [Range(64, 1 << 20)]
    public int? MaxBatchedTokens { get; init; }

    /// <summary>The most tokens of one sequence that one step feeds. Null: no limit but <see cref="MaxBatchedTokens"/>. Does not change any number.</summary>
    [Range(1, 1 << 20)]
    public int? MaxPrefillChunk { get; init; }

    /// <summary>The most prompt tokens that a step feeds beside decoding sequences. More makes first tokens come sooner and everybody's next token later.
    /// Null: half as many again as sequences decode, and at least 64. Does not change any number.</summary>
    [Range(1, 1 << 20)]
    public int? MaxPrefillBesideDecode { get; init; }

    /// <summary>Sequences that may wait beyond the <see cref="MaxSequences"/> that run; one more is refused with <see cref="EngineFullException"/>.</summary>
    [Range(0, 1 << 20)]
    public int MaxQueued { get; init; } = 256;

    /// <summary>Events that wait for a sequence's reader; when full the sequence is parked.</summary>
    [Range(1, 1 << 16)]
    public int OutboxCapacity { get; init; } = 256;

    /// <summary>Ids below this may be generated; the rest are padding rows of the vocabulary. Null: all of the model's rows. Give the
    /// tokenizer's id count.</summary>
    [Range(1, 1 << 24)]
    public int? SampleableIds { get; init; }

    /// <summary>Steps that may fail one after the other before the engine stops. One failed step ends the sequences that were in it.</summary>
    [Range(1, 1000)]
    public int MaxFailedSteps { get; init; } = 8;

    /// <summary>Exports that may wait at once.</summary>
    [Range(1, 1024)]
    public int MaxPendingExports { get; init; } = 16;

    /// <summary>Guesses of following tokens that a step may verify for one sequence; they change speed only, never text. 0: no drafting. Null: 2 when
    /// the checkpoint has a draft head. More pays where guesses are often right and few sequences run.</summary>
    [Range(0, LargestDraft)]
    public int? MaxDraftTokens { get; init; }

    /// <summary>Sequences that may draft in the same step. Each takes <see cref="MaxDraftTokens"/> further slots of recurrent state.</summary>
    [Range(1, 4096)]
    public int MaxDraftingSequences { get; init; } = 4;

    /// <summary>Share of the finished sequences, 0 to 1, that are computed once more in the background, without drafts and cache, and compared bit by
    /// bit. A difference is told and switches off what the sequence used. 0: none, and no memory is kept for it.</summary>
    public double ShadowShare { get; init; } = 0.001;

    /// <summary>The longest sequence, prompt and answer together, that is computed once more. Pages for so many tokens and one slot are kept for it.</summary>
    [Range(64, 1 << 20)]
    public int ShadowTokens { get; init; } = 1024;

    /// <summary>Drafts whenever there is room, without asking whether it pays: for tests and measurements.</summary>
    internal bool DraftAlways { get; init; }
}
