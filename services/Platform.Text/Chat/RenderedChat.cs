namespace Platform.Text.Chat;

/// <summary>A rendered conversation.</summary>
/// <param name="Segments">The prompt in order; neighbours may have the same trust. Never contains an empty segment.</param>
/// <param name="OpensThinking">Whether the prompt ends inside an open think block, so that the model's first text is reasoning.</param>
public sealed record RenderedChat(IReadOnlyList<PromptSegment> Segments, bool OpensThinking)
{
    /// <summary>The whole prompt as one string.</summary>
    public string Text => string.Concat(Segments.Select(segment => segment.Text));
}
