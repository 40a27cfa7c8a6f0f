namespace Platform.Text.Grammar;

/// <summary>Which characters are plain in a stretch of text: all of them are read in the same way, so that tokens made of them alone need no look.</summary>
internal enum TextKind
{
    /// <summary>No text state.</summary>
    None,

    /// <summary>In a JSON string: all but quotes, backslashes and control characters.</summary>
    Json,

    /// <summary>The same without <c>&lt;</c>, which may begin a tag.</summary>
    JsonWithoutTags,

    /// <summary>In the raw value of a tool's parameter: all but <c>&lt;</c> and carriage returns.</summary>
    Raw,

    /// <summary>In an answer before its first tool call: every byte but <c>&lt;</c>.</summary>
    Free,
}
