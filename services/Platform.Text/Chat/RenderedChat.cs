namespace Platform.Text.Chat;

/// <summary>A rendered conversation.</summary>
/// <param name="Segments">The prompt in order; neighbours may have the same trust. Never contains an empty segment.</param>
/// <param name="OpensThinking">Whether the prompt ends inside an open think block, so that the model's first text is reasoning.</param>
public sealed record RenderedChat(IReadOnlyList<PromptSegment> Segments, bool OpensThinking)
{
    /// <summary>Turns up to the last query, that one included. Reasoning is shown after it and dropped before it, so the conversation's next query
    /// renders alike up to here at least.</summary>
    public int TurnsToLastQuery { get; init; }

    /// <summary>The whole prompt as one string.</summary>
    public string Text => string.Concat(Segments.Select(segment => segment.Text));
}
