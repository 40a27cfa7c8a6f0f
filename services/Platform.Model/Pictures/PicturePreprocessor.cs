namespace Platform.Model.Pictures;

/// <summary>From decoded pixels to the vision tower's rows: choose a size, resize, normalise, cut. The last two can wait: the
/// <c>Resize</c> methods stop before them.</summary>
public static class PicturePreprocessor
{
    /// <summary>Prepares a still picture.</summary>
    /// <exception cref="PictureException">The picture is too thin.</exception>
    public static MediaPatches Picture(RgbImage image, ImageProcessorConfig config) => Resize(image, config).Cut();

    /// <summary>Prepares a clip given frame by frame, as <see cref="Resize(IReadOnlyList{RgbImage}, double?, VideoProcessorConfig)"/> does.</summary>
    /// <exception cref="PictureException">The frames differ in size, are too small or too thin, or the rate is no rate.</exception>
    public static MediaPatches Video(IReadOnlyList<RgbImage> frames, double? framesPerSecond, VideoProcessorConfig config) =>
        Resize(frames, framesPerSecond, config).Cut();

    /// <summary>Prepares an animation: frames are sampled at the settings' rate, as from a video file.</summary>
    /// <exception cref="PictureException">The frames are too small or too thin.</exception>
    public static MediaPatches Video(AnimatedPicture animation, VideoProcessorConfig config) => Resize(animation, config).Cut();

    /// <summary>Resizes a still picture.</summary>
    /// <exception cref="PictureException">The picture is too thin.</exception>
    public static ResizedMedia Resize(RgbImage image, ImageProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(config);
        var (height, width) = SmartResize.Picture(image.Height, image.Width, config.Factor, config.MinPixels, config.MaxPixels);
        return new ResizedMedia([BicubicResize.Resize(image, height, width)], timestamps: null, config);
    }

    /// <summary>Resizes a clip given frame by frame: the caller chose the frames, so all are used, up to the settings' largest count
    /// (more are thinned out evenly).</summary>
    /// <param name="frames">At least one, all of one size.</param>
    /// <param name="framesPerSecond">The rate of these frames, for their timestamps; 24 is assumed where it is null.</param>
    /// <param name="config">Sizes, bounds and normalisation.</param>
    /// <exception cref="PictureException">The frames differ in size, are too small or too thin, or the rate is no rate.</exception>
    public static ResizedMedia Resize(IReadOnlyList<RgbImage> frames, double? framesPerSecond, VideoProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(config);
        if (frames.Count == 0)
            throw new PictureException("The video has no frames.", "A video needs at least one.", "Send its pictures.");

        return Resize(frames, FrameSampling.Spread(frames.Count, config.MaxFrames), framesPerSecond, config);
    }

    /// <summary>Resizes the frames of an animation that the settings' rate asks for, as from a video file.</summary>
    /// <exception cref="PictureException">The frames are too small or too thin.</exception>
    public static ResizedMedia Resize(AnimatedPicture animation, VideoProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(animation);
        ArgumentNullException.ThrowIfNull(config);
        var indices = FrameSampling.Sample(animation.Frames.Count, animation.FramesPerSecond, config);
        return Resize(animation.Frames, indices, animation.FramesPerSecond, config);
    }

    private static ResizedMedia Resize(
        IReadOnlyList<RgbImage> frames, int[] indices, double? framesPerSecond, VideoProcessorConfig config)
    {
        CheckOneSize(frames);
        var timestamps = FrameSampling.Timestamps(indices, framesPerSecond, config.TemporalPatchSize);
        var (height, width) = FrameSize(indices.Length, frames[0], config);
        return new ResizedMedia([.. indices.Select(index => BicubicResize.Resize(frames[index], height, width))], timestamps, config);
    }

    internal static (int Height, int Width) FrameSize(int frames, RgbImage first, VideoProcessorConfig config) => SmartResize.Video(
        frames, first.Height, first.Width, config.TemporalPatchSize, config.Factor, config.MinPixels, config.MaxPixels);

    private static void CheckOneSize(IReadOnlyList<RgbImage> frames)
    {
        for (var i = 1; i < frames.Count; i++)
        {
            if (frames[i].Width == frames[0].Width && frames[i].Height == frames[0].Height)
                continue;
            throw new PictureException(
                $"Frame {i} of the video is {frames[i].Width}x{frames[i].Height} pixels and frame 0 {frames[0].Width}x{frames[0].Height}.",
                "All frames of a video must have one size.",
                "Scale them to one size.");
        }
    }
}
