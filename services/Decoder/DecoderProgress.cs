using Platform.Engine;

namespace Platform.Decoder;

/// <summary>How far a decoder's start is.</summary>
/// <param name="What">What is being done, for people.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes to do; 0 where it cannot be known.</param>
/// <param name="Note">A decision with its reason, for people, to be shown and kept; null in ordinary reports.</param>
/// <param name="Memory">Once, before anything is loaded: what it will take.</param>
public readonly record struct DecoderProgress(string What, long Done = 0, long Total = 0, string? Note = null, MemoryPlan? Memory = null);
