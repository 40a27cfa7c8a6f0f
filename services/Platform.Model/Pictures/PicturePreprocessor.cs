namespace Platform.Model.Pictures;

/// <summary>From decoded pixels to the vision tower's rows: choose a size, resize, normalise, cut.</summary>
public static class PicturePreprocessor
{
    /// <summary>Prepares a still picture.</summary>
    /// <exception cref="PictureException">The picture is too thin.</exception>
    public static MediaPatches Picture(RgbImage image, ImageProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(config);
        var (height, width) = SmartResize.Picture(image.Height, image.Width, config.Factor, config.MinPixels, config.MaxPixels);
        var (values, grid) = PatchCutter.Cut([BicubicResize.Resize(image, height, width)], config);
        return new MediaPatches(values, grid, Timestamps: null);
    }

    /// <summary>Prepares a clip given frame by frame: the caller chose the frames, so all are used, up to the settings' largest count
    /// (more are thinned out evenly).</summary>
    /// <param name="frames">At least one, all of one size.</param>
    /// <param name="framesPerSecond">The rate of these frames, for their timestamps; 24 is assumed where it is null.</param>
    /// <param name="config">Sizes, bounds and normalisation.</param>
    /// <exception cref="PictureException">The frames differ in size, are too small or too thin, or the rate is no rate.</exception>
    public static MediaPatches Video(IReadOnlyList<RgbImage> frames, double? framesPerSecond, VideoProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(config);
        if (frames.Count == 0)
            throw new PictureException("The video has no frames.", "A video needs at least one.", "Send its pictures.");

        var indices = FrameSampling.Spread(frames.Count, config.MaxFrames);
        return Video([.. indices.Select(index => frames[index])], indices, framesPerSecond, config);
    }

    /// <summary>Prepares an animation: frames are sampled at the settings' rate, as from a video file.</summary>
    /// <exception cref="PictureException">The frames are too small or too thin.</exception>
    public static MediaPatches Video(AnimatedPicture animation, VideoProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(animation);
        var indices = FrameSampling.Sample(animation.Frames.Count, animation.FramesPerSecond, config);
        return Video([.. indices.Select(index => animation.Frames[index])], indices, animation.FramesPerSecond, config);
    }

    /// <summary>Prepares frames already taken from a video.</summary>
    /// <param name="frames">At least one, all of one size.</param>
    /// <param name="indices">Each frame's number in the video.</param>
    /// <param name="framesPerSecond">The video's rate; 24 is assumed where it is null.</param>
    /// <param name="config">Sizes, bounds and normalisation.</param>
    /// <exception cref="PictureException">The frames differ in size, are too small or too thin, or the rate is no rate.</exception>
    public static MediaPatches Video(
        IReadOnlyList<RgbImage> frames, IReadOnlyList<int> indices, double? framesPerSecond, VideoProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(config);
        CheckOneSize(frames);
        var (height, width) = SmartResize.Video(
            frames.Count, frames[0].Height, frames[0].Width, config.TemporalPatchSize, config.Factor, config.MinPixels, config.MaxPixels);
        var timestamps = FrameSampling.Timestamps([.. indices], framesPerSecond, config.TemporalPatchSize);
        var (values, grid) = PatchCutter.Cut([.. frames.Select(frame => BicubicResize.Resize(frame, height, width))], config);
        return new MediaPatches(values, grid, timestamps);
    }

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
