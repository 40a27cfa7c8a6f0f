namespace Platform.Engine;

/// <summary>One alternative at a position.</summary>
/// <param name="Token">The token id.</param>
/// <param name="Logprob">Natural logarithm of its probability under the raw logits.</param>
public readonly record struct TopLogprob(int Token, float Logprob);
