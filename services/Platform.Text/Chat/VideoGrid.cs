namespace Platform.Text.Chat;

/// <summary>The patch grid of a video, before merging, with the moment of each temporal patch.</summary>
/// <param name="Time">Temporal patches.</param>
/// <param name="Height">Patches in height.</param>
/// <param name="Width">Patches in width.</param>
/// <param name="Timestamps">Seconds from the start, one per temporal patch.</param>
public sealed record VideoGrid(int Time, int Height, int Width, IReadOnlyList<double> Timestamps);
