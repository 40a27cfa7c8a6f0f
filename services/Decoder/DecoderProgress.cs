namespace Platform.Decoder;

/// <summary>How far a decoder's start is.</summary>
/// <param name="What">What is being done, for people.</param>
/// <param name="Fraction">0 to 1, or null where it cannot be known.</param>
public readonly record struct DecoderProgress(string What, double? Fraction);
