namespace Platform.Text.Output;

/// <summary>One tool call of a whole reply.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">A JSON object as text; of a repeated key the last value counts.</param>
public sealed record ParsedToolCall(string Id, string Name, string Arguments);
