namespace Platform.Grains;

/// <summary>What an answer must look like once its thinking block is closed. The gateway has compiled it, so decoders can.</summary>
[GenerateSerializer, Immutable, Alias("platform.answer-form")]
public sealed record AnswerForm
{
    /// <summary>The form of content.</summary>
    [Id(0)] public AnswerContent Content { get; init; }

    /// <summary>The JSON Schema or the regular expression.</summary>
    [Id(1)] public string Source { get; init; } = "";

    /// <summary>How tools may be called.</summary>
    [Id(2)] public AnswerCalls Calls { get; init; }

    /// <summary>The functions that may be called; empty: every offered one.</summary>
    [Id(3)] public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>At most one call.</summary>
    [Id(4)] public bool SingleCall { get; init; }
}

/// <summary>The form of an answer's content.</summary>
public enum AnswerContent
{
    /// <summary>Any text.</summary>
    Free = 0,

    /// <summary>Any JSON object.</summary>
    JsonObject = 1,

    /// <summary>JSON that a schema describes.</summary>
    JsonSchema = 2,

    /// <summary>Text that a regular expression matches as a whole.</summary>
    Expression = 3,
}

/// <summary>How an answer may call tools.</summary>
public enum AnswerCalls
{
    /// <summary>As the model likes; not at all when the content has a form.</summary>
    Free = 0,

    /// <summary>Content or calls; calls fit their tools.</summary>
    Checked = 1,

    /// <summary>Calls alone.</summary>
    Required = 2,
}
