namespace Platform.Model.Pictures;

/// <summary>An animation after compositing: every frame is the whole picture as a viewer would show it.</summary>
/// <param name="Frames">At least one; all of one size.</param>
/// <param name="Durations">How long each frame is shown, as many as frames. A frame without a duration in the file counts 100 ms.</param>
public sealed record AnimatedPicture(IReadOnlyList<RgbImage> Frames, IReadOnlyList<TimeSpan> Durations)
{
    /// <summary>Frames per second on average: frames divided by total duration. A video model reads an animation at this rate.</summary>
    public double FramesPerSecond => Frames.Count / Durations.Sum(duration => duration.TotalSeconds);
}
