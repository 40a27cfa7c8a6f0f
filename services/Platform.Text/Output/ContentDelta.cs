namespace Platform.Text.Output;

/// <summary>More visible text.</summary>
public sealed record ContentDelta(string Text) : OutputDelta;
