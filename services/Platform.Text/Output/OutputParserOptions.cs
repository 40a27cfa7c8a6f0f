using System.Text.Json;

namespace Platform.Text.Output;

/// <summary>What the parser must know of the request.</summary>
public sealed record OutputParserOptions
{
    /// <summary>Whether the rendered prompt ends inside an open think block.</summary>
    public bool StartInReasoning { get; init; }

    /// <summary>Array of offered tools as the client sent them; null means none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>False for <c>tool_choice: none</c>: what looks like a call is text.</summary>
    public bool ToolCallsAllowed { get; init; } = true;

    /// <summary>Whether a call of an offered tool inside the think block ends it; false keeps it as reasoning.</summary>
    public bool ToolCallsInReasoning { get; init; } = true;

    /// <summary>
    /// Whether content is constrained by a grammar, so that no tag stands for anything in it: all of it is content, or it begins with a call.
    /// </summary>
    public bool LiteralContent { get; init; }

    /// <summary>Content is cut before the first match; reasoning and arguments are not looked at.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>
    /// What call ids are derived from: the same seed gives the same ids, so that a reply parsed again keeps them. Null: random ids.
    /// </summary>
    public string? CallIdSeed { get; init; }
}
