namespace Platform.Model.Pictures;

/// <summary>Which frames of a video the model sees, and at which second.</summary>
public static class FrameSampling
{
    /// <summary>Assumed where a video does not say its rate.</summary>
    public const double AssumedFramesPerSecond = 24;

    /// <summary>Frames spread evenly from the first to the last: as many as the settings ask for per second, within their bounds.</summary>
    /// <param name="total">Frames of the video, at least 1.</param>
    /// <param name="framesPerSecond">The video's own rate; null where unknown.</param>
    /// <param name="config">Rate and bounds.</param>
    /// <exception cref="PictureException">The rate is not a positive number.</exception>
    public static int[] Sample(int total, double? framesPerSecond, VideoProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var wanted = Math.Truncate(total / Rate(framesPerSecond) * config.FramesPerSecond);
        return Spread(total, (int)Math.Clamp(wanted, config.MinFrames, config.MaxFrames));
    }

    /// <summary>At most <paramref name="count"/> frame numbers, from the first frame to the last.</summary>
    public static int[] Spread(int total, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var indices = new int[Math.Min(count, total)];
        if (indices.Length == 1)
            return indices;

        var step = (double)(total - 1) / (indices.Length - 1);
        for (var i = 0; i < indices.Length; i++)
            indices[i] = (int)Math.Round(i * step, MidpointRounding.ToEven);
        indices[^1] = total - 1;
        return indices;
    }

    /// <summary>The second of each temporal patch: the mean of its first and last frame's. A last patch that is short repeats the last
    /// frame.</summary>
    /// <param name="indices">Frame numbers in the video, ascending.</param>
    /// <param name="framesPerSecond">The video's own rate; null where unknown.</param>
    /// <param name="temporalPatchSize">Frames per patch.</param>
    /// <exception cref="PictureException">The rate is not a positive number.</exception>
    public static double[] Timestamps(ReadOnlySpan<int> indices, double? framesPerSecond, int temporalPatchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(temporalPatchSize, 1);
        var rate = Rate(framesPerSecond);
        var seconds = new double[(indices.Length + temporalPatchSize - 1) / temporalPatchSize];
        for (var patch = 0; patch < seconds.Length; patch++)
        {
            var first = indices[patch * temporalPatchSize] / rate;
            var last = indices[Math.Min((patch + 1) * temporalPatchSize, indices.Length) - 1] / rate;
            seconds[patch] = (first + last) / 2;
        }

        return seconds;
    }

    private static double Rate(double? framesPerSecond)
    {
        var rate = framesPerSecond ?? AssumedFramesPerSecond;
        return rate > 0 && double.IsFinite(rate)
            ? rate
            : throw new PictureException(
                FormattableString.Invariant($"The video has {rate} frames per second."), "The rate must be a positive number.", "Send the true rate, or none.");
    }
}
