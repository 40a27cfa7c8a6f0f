namespace Platform.Text;

/// <summary>A stretch of a rendered prompt.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Trusted">True for what the renderer itself wrote; only there may text become an added token.</param>
public readonly record struct PromptSegment(string Text, bool Trusted);
