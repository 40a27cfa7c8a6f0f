namespace Platform.Engine;

/// <summary>A rotary position: time, height, width rows. Equal on all three for text.</summary>
public readonly record struct MropePosition(int Time, int Height, int Width);
