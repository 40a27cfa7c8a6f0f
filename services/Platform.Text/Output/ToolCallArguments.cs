namespace Platform.Text.Output;

/// <summary>More of a call's arguments. The fragments of one call concatenate to a valid JSON object.</summary>
/// <param name="Index">Place of the call in the reply, from 0.</param>
/// <param name="Json">The fragment.</param>
public sealed record ToolCallArguments(int Index, string Json) : OutputDelta;
