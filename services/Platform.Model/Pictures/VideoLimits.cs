namespace Platform.Model.Pictures;

/// <summary>How much a video file may cost to decode.</summary>
public sealed record VideoLimits
{
    /// <summary>Bytes of the file; a temporary copy of it lies on disk while it is decoded.</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;

    /// <summary>Frames in the file. All of them up to the last one sampled are decoded.</summary>
    public int MaxSourceFrames { get; init; } = 100_000;

    /// <summary>How long ffmpeg may run, counting and decoding together.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The limits of one frame.</summary>
    public PictureLimits Frame { get; init; } = PictureLimits.Default;
}
