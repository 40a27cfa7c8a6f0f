namespace Platform.Text.Chat;

/// <summary>How requests are brought into the template's form.</summary>
public sealed record ChatNormalizationOptions
{
    /// <summary>True: several leading system messages are a client error, as in the template. False: they are joined.</summary>
    public bool StrictSystemMessages { get; init; }

    /// <summary>Deepest nesting accepted in the arguments of a tool call.</summary>
    public int MaxArgumentDepth { get; init; } = 128;

    /// <summary>Largest <c>chat_template_kwargs</c> accepted, in bytes of JSON.</summary>
    public int MaxTemplateVariableBytes { get; init; } = 4096;
}
