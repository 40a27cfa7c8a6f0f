namespace Platform.Grains;

/// <summary>A model as clients see it.</summary>
/// <param name="Name">The model's name in the API.</param>
/// <param name="NumericsId">Equal ids give equal bits; reported as <c>system_fingerprint</c>.</param>
/// <param name="MaxContext">Tokens of prompt and output together.</param>
/// <param name="Vision">Whether pictures and videos are understood.</param>
/// <param name="Defaults">Sampling used where a request says nothing, from the checkpoint's generation config.</param>
/// <param name="DefaultReasoning">What the checkpoint's template does when a request says nothing.</param>
/// <param name="Created">Seconds since 1970.</param>
/// <param name="IdCount">Ids 0 .. IdCount − 1 mean something.</param>
[GenerateSerializer, Immutable, Alias("platform.served-model")]
public sealed record ServedModel(
    [property: Id(0)] string Name,
    [property: Id(1)] string NumericsId,
    [property: Id(2)] int MaxContext,
    [property: Id(3)] bool Vision,
    [property: Id(4)] SamplingDefaults Defaults,
    [property: Id(5)] ReasoningMode DefaultReasoning,
    [property: Id(6)] long Created,
    [property: Id(7)] int IdCount);

/// <summary>Sampling parameters of a checkpoint's generation config. 0 (top-k, min-p) and 1 (top-p, repetition) switch a filter off.</summary>
[GenerateSerializer, Immutable, Alias("platform.sampling-defaults")]
public sealed record SamplingDefaults(
    [property: Id(0)] float Temperature,
    [property: Id(1)] float TopP,
    [property: Id(2)] int TopK,
    [property: Id(3)] float MinP,
    [property: Id(4)] float PresencePenalty,
    [property: Id(5)] float RepetitionPenalty);

/// <summary>How a response reasons before it answers.</summary>
public enum ReasoningMode
{
    /// <summary>What the checkpoint's template does by default.</summary>
    Default = 0,

    /// <summary>Reasons first.</summary>
    Thinking = 1,

    /// <summary>Answers at once.</summary>
    Fast = 2,

    /// <summary>The model decides by its own probability of closing the thinking block at once.</summary>
    Auto = 3,
}
