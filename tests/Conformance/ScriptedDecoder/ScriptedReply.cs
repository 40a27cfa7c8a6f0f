using Platform.Contracts.Tokenization;

namespace Conformance.ScriptedDecoder;

/// <summary>What a scripted decoder plays: text as a model would write it, reasoning and tool-call markup included.</summary>
/// <param name="Text">Encoded as the tokenizer does, added tokens recognised.</param>
public sealed record ScriptedReply(string Text)
{
    /// <summary>Runs before each token, with its index; may wait, or throw to break the stream.</summary>
    public Func<int, CancellationToken, Task> BeforeToken { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Tokens in one message.</summary>
    public int TokensPerMessage { get; init; } = 1;

    /// <summary>Reported before the first token: what an auto request came to.</summary>
    public ReasoningMode Decided { get; init; } = ReasoningMode.Unspecified;

    /// <summary>Reported at the end.</summary>
    public int CachedTokens { get; init; }

    /// <summary>After this many tokens the call ends with the status UNAVAILABLE, as when the decoder died.</summary>
    public int? BreakAfter { get; init; }

    /// <summary>After this many tokens the reply ends with a failure of its own.</summary>
    public int? FailAfter { get; init; }
}
