namespace Platform.Text.Output;

/// <summary>A tool call begins; sent once per call.</summary>
/// <param name="Index">Place of the call in the reply, from 0.</param>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The function's name; need not be one of the offered tools.</param>
public sealed record ToolCallStart(int Index, string Id, string Name) : OutputDelta;
