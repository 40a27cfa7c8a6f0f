namespace Platform.Model.Pictures;

/// <summary>Chooses the size a picture or clip is resized to: multiples of the patch block, close to the original shape, within the
/// bounds on area.</summary>
/// <remarks>All rounding is half to even and all arithmetic float64, as in the reference processors (Qwen2-VL's and Qwen3-VL's).</remarks>
public static class SmartResize
{
    /// <summary>The longer side may be at most this many times the shorter.</summary>
    public const double MaxAspectRatio = 200;

    /// <summary>The size for a still picture.</summary>
    /// <param name="height">In pixels, at least 1.</param>
    /// <param name="width">In pixels, at least 1.</param>
    /// <param name="factor">Patch size times merge size; both results are multiples of it.</param>
    /// <param name="minPixels">Smallest area.</param>
    /// <param name="maxPixels">Largest area.</param>
    /// <exception cref="PictureException">The picture is too thin.</exception>
    public static (int Height, int Width) Picture(int height, int width, int factor, long minPixels, long maxPixels)
    {
        CheckAspectRatio(height, width);
        return Fit(height, width, factor, minPixels, maxPixels, frames: 1, paddedFrames: 1);
    }

    /// <summary>The size for every frame of a clip; the bounds hold for all frames together.</summary>
    /// <param name="frames">Frames of the clip, at least 1.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="temporalFactor">Frames per temporal patch.</param>
    /// <param name="factor">Patch size times merge size; both results are multiples of it.</param>
    /// <param name="minPixels">Smallest frames × area.</param>
    /// <param name="maxPixels">Largest frames × area.</param>
    /// <exception cref="PictureException">The frames are too thin, or smaller than one block.</exception>
    public static (int Height, int Width) Video(
        int frames, int height, int width, int temporalFactor, int factor, long minPixels, long maxPixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (height < factor || width < factor)
        {
            throw new PictureException(
                $"The video's frames are {width}x{height} pixels.", $"Both sides need at least {factor}.", "Send larger frames.");
        }

        CheckAspectRatio(height, width);
        var paddedFrames = (frames + temporalFactor - 1) / temporalFactor * temporalFactor;
        return Fit(height, width, factor, minPixels, maxPixels, frames, paddedFrames);
    }

    private static (int Height, int Width) Fit(
        int height, int width, int factor, long minPixels, long maxPixels, int frames, int paddedFrames)
    {
        var fittedHeight = RoundToMultiple(height, factor);
        var fittedWidth = RoundToMultiple(width, factor);
        var area = (double)paddedFrames * fittedHeight * fittedWidth;
        var original = (double)frames * height * width;
        if (area > maxPixels)
        {
            var shrink = Math.Sqrt(original / maxPixels);
            return (FloorToMultiple(height / shrink, factor), FloorToMultiple(width / shrink, factor));
        }

        if (area < minPixels)
        {
            var stretch = Math.Sqrt(minPixels / original);
            return (CeilToMultiple(height * stretch, factor), CeilToMultiple(width * stretch, factor));
        }

        return (fittedHeight, fittedWidth);
    }

    private static void CheckAspectRatio(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if ((double)Math.Max(height, width) / Math.Min(height, width) > MaxAspectRatio)
        {
            throw new PictureException(
                $"The picture is {width}x{height} pixels.", $"The longer side may be at most {MaxAspectRatio} times the shorter.", "Crop it.");
        }
    }

    // May be 0, for a side under half a block; an area of 0 is under every lower bound, so it is then stretched.
    private static int RoundToMultiple(int side, int factor) =>
        (int)Math.Round((double)side / factor, MidpointRounding.ToEven) * factor;

    private static int FloorToMultiple(double side, int factor) => Math.Max(factor, (int)Math.Floor(side / factor) * factor);

    private static int CeilToMultiple(double side, int factor) => (int)Math.Ceiling(side / factor) * factor;
}
