namespace Platform.Text.Grammar;

/// <summary>What may come next in an answer: some tokens, or exactly one.</summary>
/// <param name="Mask">Id i is bit i % 64 of word i / 64; null with <paramref name="Only"/>. Valid until the next call, not to be changed.</param>
/// <param name="Only">The only id that may come, or null.</param>
/// <param name="InReasoning">Whether the thinking block is still open: all that matters is how it is closed.</param>
public readonly record struct NextTokens(ulong[]? Mask, int? Only, bool InReasoning);
