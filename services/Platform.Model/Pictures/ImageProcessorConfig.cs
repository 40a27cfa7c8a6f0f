namespace Platform.Model.Pictures;

/// <summary>How still pictures are resized, normalised and cut, read from the checkpoint's <c>preprocessor_config.json</c>. Defaults are
/// the released models' settings.</summary>
public sealed record ImageProcessorConfig : PatchSettings
{
    private const string FileName = "preprocessor_config.json";

    /// <inheritdoc/>
    public override long MinPixels { get; init; } = 65_536;

    /// <inheritdoc/>
    public override long MaxPixels { get; init; } = 16_777_216;

    /// <summary>The checkpoint's settings; the released ones where the file, or a key in it, is absent.</summary>
    /// <exception cref="ProcessorConfigException">A value is out of range, or asks for a computation that is not supported.</exception>
    public static ImageProcessorConfig Load(string directory) =>
        ProcessorSettings.Find(directory, FileName, "image_processor") is { } settings ? ReadCommon(settings, new ImageProcessorConfig()) : new();

    /// <summary>As <see cref="Load"/>, from the file's content.</summary>
    /// <exception cref="ProcessorConfigException">A value is out of range, or asks for a computation that is not supported.</exception>
    public static ImageProcessorConfig Parse(ReadOnlySpan<byte> json) =>
        ReadCommon(ProcessorSettings.Parse(json, FileName), new ImageProcessorConfig());
}
