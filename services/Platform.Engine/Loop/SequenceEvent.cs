namespace Platform.Engine;

/// <summary>What a sequence tells its reader: one new token, its end, or both at once. The last event is the only one with a reason.</summary>
/// <param name="Token">The generated id, a stop id included; -1 when the event only ends the sequence.</param>
/// <param name="Logprob">Natural logarithm of the token's probability: log-softmax of the raw logits (before penalties, bias, mask and
/// temperature) over the sampleable ids. 0 unless the request asked for log-probabilities.</param>
/// <param name="Top">The most probable ids at this position, best first, ties to the lower id; null unless asked for.</param>
/// <param name="Finish">Why the sequence ended, null while it lives.</param>
/// <param name="Error">For <see cref="FinishReason.Error"/>: what failed. Says nothing about the prompt's or the output's text.</param>
/// <param name="CachedTokens">How many tokens of the prompt came from imported state instead of being computed.</param>
public readonly record struct SequenceEvent(
    int Token, float Logprob, IReadOnlyList<TopLogprob>? Top, FinishReason? Finish, string? Error = null, int CachedTokens = 0)
{
    /// <summary>Whether the event carries a token.</summary>
    public bool HasToken => Token >= 0;
}
