namespace Platform.Text;

/// <summary>One stretch of a prompt, with who wrote it.</summary>
/// <param name="Text">The characters; may be empty.</param>
/// <param name="Trusted">
/// True for what the chat renderer itself wrote: only there may the spelling of an added token become that token.
/// Message contents, names, tool schemas, arguments and results are untrusted.
/// </param>
public readonly record struct PromptSegment(string Text, bool Trusted);
