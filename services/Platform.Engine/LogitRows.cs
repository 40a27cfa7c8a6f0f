namespace Platform.Engine;

/// <summary>Of which of a segment's tokens a step computes logits.</summary>
public enum LogitRows
{
    /// <summary>Of none: the middle of a prompt.</summary>
    None,

    /// <summary>Of the last one: decoding, and the end of a prompt.</summary>
    Last,

    /// <summary>Of every one: verification of drafts, and scoring.</summary>
    All,
}
