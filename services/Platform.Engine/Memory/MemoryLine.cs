namespace Platform.Engine;

/// <summary>One use of memory.</summary>
/// <param name="What">For people.</param>
/// <param name="Bytes">How much.</param>
/// <param name="How">How it comes about, for people; may be empty.</param>
public sealed record MemoryLine(string What, long Bytes, string How);
