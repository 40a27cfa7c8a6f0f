using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>What an answer must look like: its content, its tool calls, or either of them.</summary>
public sealed record GrammarRequest
{
    /// <summary>The form of content.</summary>
    public ContentForm Content { get; init; }

    /// <summary>The JSON Schema or the regular expression; empty for the other forms.</summary>
    public string Source { get; init; } = "";

    /// <summary>How tools may be called.</summary>
    public ToolCallForm Calls { get; init; }

    /// <summary>Array of offered tools as the client sent them; null means none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>The functions that may be called; null means every offered one.</summary>
    public IReadOnlyList<string>? Functions { get; init; }

    /// <summary>At most one call in an answer.</summary>
    public bool SingleCall { get; init; }

    /// <summary>Whether this constrains anything.</summary>
    public bool Constrains => Content != ContentForm.Free || Calls is ToolCallForm.Required or ToolCallForm.Checked;
}
