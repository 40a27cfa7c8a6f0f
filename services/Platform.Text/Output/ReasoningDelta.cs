namespace Platform.Text.Output;

/// <summary>More reasoning text.</summary>
public sealed record ReasoningDelta(string Text) : OutputDelta;
