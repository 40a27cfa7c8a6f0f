namespace Platform.Engine;

/// <summary>What one choice of one answer needs. The engine keeps the arrays and does not change them; nor may the caller.</summary>
public sealed record SequenceRequest
{
    /// <summary>The largest number of alternatives per position.</summary>
    public const int MaxTopLogprobs = 50;

    /// <summary>The longest cache salt, in characters.</summary>
    public const int MaxCacheSalt = 256;

    /// <summary>The largest number of stop ids.</summary>
    public const int MaxStopTokenIds = 256;

    /// <summary>Ids in [0, vocabulary), at least one.</summary>
    public required int[] PromptTokens { get; init; }

    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>Vision embeddings for the placeholder tokens of the prompt.</summary>
    public MediaEmbeddings? Media { get; init; }

    /// <summary>Rotary positions; null means text only: every index is its own position.</summary>
    public MropePositions? Positions { get; init; }

    public TokenConstraintRule? Constraint { get; init; }

    public StopRule? Stop { get; init; }

    /// <summary>How many tokens the answer may have, replayed ones and the stop id included, at least 1. Null: up to the end of the context.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Ids that end the answer: the union of the generation config's and the tokenizer's end ids, and the caller's own.</summary>
    public int[] StopTokenIds { get; init; } = [];

    /// <summary>Generates past <see cref="StopTokenIds"/>.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Whether events carry the token's log-probability.</summary>
    public bool Logprobs { get; init; }

    /// <summary>How many alternatives each event lists, 0 to <see cref="MaxTopLogprobs"/>; above 0 implies <see cref="Logprobs"/>.</summary>
    public int TopLogprobs { get; init; }

    /// <summary>With <see cref="Choice"/> and the position, the whole source of the sampler's randomness.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which of several answers to the same prompt this is, at least 0.</summary>
    public int Choice { get; init; }

    /// <summary>Tokens of this answer that were already emitted elsewhere: fed as input, not emitted again, counted by penalties and
    /// <see cref="MaxTokens"/>; the answer continues after them with the bits it would have had.</summary>
    public int[] ReplayTokens { get; init; } = [];

    /// <summary>State exported from an engine with the same numerics id: its tokens are not computed again. It must have been taken
    /// from this prompt (pictures included) followed by a beginning of <see cref="ReplayTokens"/>.</summary>
    public SequenceSnapshot? Resume { get; init; }

    /// <summary>Who shares cached prefixes with this request: those with the same salt. Chosen by the server, never by a client.</summary>
    public string CacheSalt { get; init; } = "";

    /// <summary>Borders of the prompt, ascending numbers of tokens from 1 to its length, at which a later prompt may go another way: the end of each message,
    /// and of the prompt without what opens the answer. The newest get checkpoints. Empty: the prompt without its last token is one.</summary>
    public int[] CheckpointPositions { get; init; } = [];

    /// <summary>Of the borders, the one to which the conversation is bound to come back, whatever follows it: behind its last query. Its checkpoint keeps its
    /// worth when later ones are there. 0: none.</summary>
    public int ReturnPosition { get; init; }
}
