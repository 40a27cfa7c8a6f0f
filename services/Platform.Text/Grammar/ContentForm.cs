namespace Platform.Text.Grammar;

/// <summary>The form of an answer's content.</summary>
public enum ContentForm
{
    /// <summary>Any text.</summary>
    Free,

    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>JSON that a schema describes.</summary>
    JsonSchema,

    /// <summary>Text that a regular expression matches as a whole.</summary>
    Expression,
}
