namespace Services.Tests;

/// <summary>A conversation, its prompt's ids, what greedy decoding makes of it, and whether thinking was switched.</summary>
internal sealed record GoldenRequest(byte[] Json, int[] Ids, int[] Generated, bool? Thinking);
