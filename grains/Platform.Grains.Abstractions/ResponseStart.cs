namespace Platform.Grains;

/// <summary>The answer to a start: accepted or refused.</summary>
[GenerateSerializer, Alias("platform.response-start")]
public abstract record ResponseStart;

/// <summary>The response is being generated.</summary>
/// <param name="PromptTokens">Tokens of the prompt, media placeholders included.</param>
/// <param name="NumericsId">Under which the numbers are computed.</param>
/// <param name="ReasoningMode">The mode rendered: thinking, fast or auto; <see cref="ReasoningMode.Default"/> for plain text.</param>
/// <param name="OpensReasoning">The prompt ends inside an open thinking block: the output begins as reasoning.</param>
/// <param name="MaxTokens">Output tokens at most, per choice, after fitting the context.</param>
[GenerateSerializer, Immutable, Alias("platform.response-accepted")]
public sealed record ResponseAccepted(
    [property: Id(0)] int PromptTokens,
    [property: Id(1)] string NumericsId,
    [property: Id(2)] ReasoningMode ReasoningMode,
    [property: Id(3)] bool OpensReasoning,
    [property: Id(4)] int MaxTokens) : ResponseStart;

/// <summary>The response was refused; nothing was generated or will be billed.</summary>
/// <param name="Status">HTTP status: 400 the caller's mistake, 404 unknown model, 429 full, 503 no decoder.</param>
/// <param name="Code">A stable word for programs, for example <c>context_length_exceeded</c>.</param>
/// <param name="Message">What was found, the rule, the cure.</param>
/// <param name="Parameter">The request field at fault, or null.</param>
/// <param name="RetryAfter">When it may work, for 429 and 503.</param>
[GenerateSerializer, Immutable, Alias("platform.response-refused")]
public sealed record ResponseRefused(
    [property: Id(0)] int Status,
    [property: Id(1)] string Code,
    [property: Id(2)] string Message,
    [property: Id(3)] string? Parameter = null,
    [property: Id(4)] TimeSpan? RetryAfter = null) : ResponseStart;
