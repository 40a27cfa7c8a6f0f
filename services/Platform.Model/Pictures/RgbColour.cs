namespace Platform.Model.Pictures;

/// <summary>An 8-bit colour.</summary>
internal readonly record struct RgbColour(byte Red, byte Green, byte Blue);
