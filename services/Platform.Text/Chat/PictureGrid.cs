namespace Platform.Text.Chat;

/// <summary>The patch grid of a picture: how many patches in time, height and width, before merging.</summary>
public readonly record struct PictureGrid(int Time, int Height, int Width);
