namespace Platform.Grains;

/// <summary>One entry of a response's log.</summary>
[GenerateSerializer, Alias("platform.response-event")]
public abstract record ResponseEvent
{
    /// <summary>1, 2, 3 ... without gaps.</summary>
    [Id(0)] public required long Number { get; init; }

    /// <summary>The choice this belongs to, from 0.</summary>
    [Id(1)] public required int Choice { get; init; }
}

/// <summary>Tokens of one choice, in order.</summary>
[GenerateSerializer, Immutable, Alias("platform.tokens-event")]
public sealed record TokensEvent : ResponseEvent
{
    [Id(0)] public required IReadOnlyList<ResponseToken> Tokens { get; init; }
}

/// <summary>An auto response decided how it reasons: <see cref="ReasoningMode.Thinking"/> or <see cref="ReasoningMode.Fast"/>.</summary>
[GenerateSerializer, Immutable, Alias("platform.reasoning-event")]
public sealed record ReasoningModeEvent : ResponseEvent
{
    [Id(0)] public required ReasoningMode Mode { get; init; }
}

/// <summary>A choice ended. The log ends when every choice has.</summary>
[GenerateSerializer, Immutable, Alias("platform.finished-event")]
public sealed record FinishedEvent : ResponseEvent
{
    [Id(0)] public required ResponseFinish Reason { get; init; }

    /// <summary>Prompt tokens whose state came from a cache.</summary>
    [Id(1)] public int CachedTokens { get; init; }

    /// <summary>For <see cref="ResponseFinish.Failed"/>: what happened, fit for the client.</summary>
    [Id(2)] public string? Error { get; init; }

    /// <summary>For <see cref="ResponseFinish.Failed"/>: whether the same request may work later.</summary>
    [Id(3)] public bool Retryable { get; init; }
}

/// <summary>Why a choice ended.</summary>
public enum ResponseFinish
{
    Stop = 1,
    Length = 2,
    Cancelled = 3,
    Failed = 4,
}

/// <summary>One generated token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">Its raw bytes; characters may be cut across tokens.</param>
/// <param name="Special">Not shown as text.</param>
/// <param name="Logprob">Natural logarithm of its probability; 0 unless asked for.</param>
/// <param name="Top">The likeliest tokens at this position, or empty.</param>
[GenerateSerializer, Immutable, Alias("platform.response-token")]
public sealed record ResponseToken(
    [property: Id(0)] int Id,
    [property: Id(1)] byte[] Bytes,
    [property: Id(2)] bool Special,
    [property: Id(3)] float Logprob,
    [property: Id(4)] IReadOnlyList<TokenLogprob> Top);

/// <summary>One alternative at a position.</summary>
[GenerateSerializer, Immutable, Alias("platform.token-logprob")]
public sealed record TokenLogprob([property: Id(0)] int Id, [property: Id(1)] byte[] Bytes, [property: Id(2)] float Logprob);
