namespace Platform.Engine;

/// <summary>
/// A stretch of one sequence's tokens that a step feeds: a prefill chunk, one decode token, or a token with drafts to verify. Plain and
/// mutable so that the scheduler reuses it without allocating. A sequence appears at most once in a step.
/// </summary>
public class StepSegment
{
    /// <summary>The sequence's cached prefix; read, and its pages and slot written into. The caller advances its length.</summary>
    public SequenceState State { get; set; } = new();

    /// <summary>Holds the token ids to feed: <c>Tokens[TokenOffset .. TokenOffset + TokenCount]</c>.</summary>
    public int[] Tokens { get; set; } = [];

    /// <summary>Index in <see cref="Tokens"/> of the first token to feed.</summary>
    public int TokenOffset { get; set; }

    /// <summary>How many tokens to feed, at least 1.</summary>
    public int TokenCount { get; set; }

    /// <summary>Rotary positions of the whole sequence, indexed by sequence index (not by token offset).</summary>
    public MropePositions Positions { get; set; } = MropePositions.Text;

    /// <summary>Embeddings that replace those of placeholder tokens, by sequence index; null for text.</summary>
    public MediaEmbeddings? Media { get; set; }

    /// <summary>Which rows get logits.</summary>
    public LogitRows Logits { get; set; }

    /// <summary>Whether the final-normed hidden rows of every fed token are kept in the output (the draft head reads them).</summary>
    public bool KeepHidden { get; set; }

    /// <summary>
    /// Null, or one slot per fed token: the linear-attention state after token j is also written to slot <c>SnapshotSlots[j]</c> (−1 skips).
    /// The state after the last token lies in <see cref="SequenceState.Slot"/> as always; that slot must not be listed.
    /// </summary>
    public int[]? SnapshotSlots { get; set; }

    /// <summary>Null, or an observer of the intermediate values of this segment's rows. Costs time; for verification only.</summary>
    public StepTap? Tap { get; set; }

    /// <summary>Position in the cache of the first fed token.</summary>
    internal virtual int FirstPosition => State.Length;

    /// <summary>Sequence index of the first fed token, by which media rows are found.</summary>
    internal virtual int FirstTokenIndex => FirstPosition;
}
