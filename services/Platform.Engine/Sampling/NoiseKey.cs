namespace Platform.Engine;

/// <summary>What a draw depends on besides the token id; nothing else may.</summary>
/// <param name="Seed">The request's seed.</param>
/// <param name="Choice">Which answer to the prompt.</param>
/// <param name="Position">Index of the drawn token in its sequence (prompt included).</param>
internal readonly record struct NoiseKey(ulong Seed, int Choice, int Position);
