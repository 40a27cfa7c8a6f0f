using Platform.Contracts.Decoding;

namespace Conformance.ScriptedDecoder;

/// <summary>What a scripted decoder was asked.</summary>
/// <param name="Start">The start as it came.</param>
/// <param name="PromptIds">The prompt's ids.</param>
/// <param name="PromptText">The prompt's text, special tokens included.</param>
/// <param name="Turn">How many requests this decoder had before.</param>
public sealed record ScriptedRequest(GenerateStart Start, IReadOnlyList<int> PromptIds, string PromptText, int Turn);
