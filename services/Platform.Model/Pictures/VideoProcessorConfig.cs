namespace Platform.Model.Pictures;

/// <summary>How clips are sampled, resized, normalised and cut, read from the checkpoint's <c>video_preprocessor_config.json</c>. Defaults
/// are the released models' settings.</summary>
public sealed record VideoProcessorConfig : PatchSettings
{
    private const string FileName = "video_preprocessor_config.json";

    /// <inheritdoc/>
    public override long MinPixels { get; init; } = 4_096;

    /// <inheritdoc/>
    public override long MaxPixels { get; init; } = 25_165_824;

    /// <summary>Frames taken per second of video.</summary>
    public double FramesPerSecond { get; init; } = 2;

    /// <summary>Frames taken at least, where the video has as many.</summary>
    public int MinFrames { get; init; } = 4;

    /// <summary>Frames taken at most.</summary>
    public int MaxFrames { get; init; } = 768;

    /// <summary>The checkpoint's settings; the released ones where the file, or a key in it, is absent.</summary>
    /// <exception cref="ProcessorConfigException">A value is out of range, or asks for a computation that is not supported.</exception>
    public static VideoProcessorConfig Load(string directory) =>
        ProcessorSettings.Find(directory, FileName, "video_processor") is { } settings ? Read(settings) : new();

    /// <summary>As <see cref="Load"/>, from the file's content.</summary>
    /// <exception cref="ProcessorConfigException">A value is out of range, or asks for a computation that is not supported.</exception>
    public static VideoProcessorConfig Parse(ReadOnlySpan<byte> json) => Read(ProcessorSettings.Parse(json, FileName));

    private static VideoProcessorConfig Read(ProcessorSettings settings)
    {
        var common = ReadCommon(settings, new VideoProcessorConfig());
        var maxFrames = settings.Integer("max_frames", common.MaxFrames, 1, 100_000);
        return common with
        {
            FramesPerSecond = settings.Number("fps", common.FramesPerSecond, 1e-3, 1_000),
            MinFrames = settings.Integer("min_frames", Math.Min(common.MinFrames, maxFrames), 1, maxFrames),
            MaxFrames = maxFrames,
        };
    }
}
