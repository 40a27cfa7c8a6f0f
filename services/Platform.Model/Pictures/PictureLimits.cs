namespace Platform.Model.Pictures;

/// <summary>How much a picture may cost to decode. All limits are checked from the file's header, before pixels are allocated.</summary>
public sealed record PictureLimits
{
    // Offsets into four-byte pixels are 32-bit integers.
    private const long AddressablePixels = int.MaxValue / 4;

    /// <summary>The limits of a service that decodes strangers' pictures.</summary>
    public static PictureLimits Default { get; } = new();

    /// <summary>Bytes of the encoded file. Encoded bytes are held once more in native memory while decoding.</summary>
    public long MaxFileBytes { get; init; } = 32L << 20;

    /// <summary>Pixels of one picture; 64 Mi admits the photographs of any telephone. Decoding holds 7 bytes a pixel.</summary>
    public long MaxPixels { get; init; } = 64L << 20;

    /// <summary>Pixels of the longer side.</summary>
    public int MaxSide { get; init; } = 32_768;

    /// <summary>Longer side over shorter side. The model's own resizing refuses more than 200.</summary>
    public double MaxAspectRatio { get; init; } = SmartResize.MaxAspectRatio;

    /// <summary>Frames of an animation or video that are decoded.</summary>
    public int MaxFrames { get; init; } = 2_000;

    /// <summary>Pixels of all decoded frames together; each holds 3 bytes while the animation is kept.</summary>
    public long MaxAnimationPixels { get; init; } = 128L << 20;

    /// <summary>Refuses a file for its length.</summary>
    /// <exception cref="PictureException">It is empty or longer than <see cref="MaxFileBytes"/>.</exception>
    public void CheckFile(long bytes)
    {
        if (bytes == 0)
            throw new PictureException("The picture has no bytes.", "A picture is a PNG, JPEG, WebP, GIF or BMP file.", "Send the file's content.");
        if (bytes > MaxFileBytes)
        {
            throw new PictureException(
                $"The picture file has {bytes} bytes.", $"At most {MaxFileBytes} are accepted.", "Compress it more or scale it down.");
        }
    }

    /// <summary>Refuses a picture for its size.</summary>
    /// <exception cref="PictureException">It has no area, too long a side, too many pixels, or is too thin.</exception>
    public void CheckSize(int width, int height)
    {
        var found = $"The picture is {width}x{height} pixels.";
        if (width < 1 || height < 1)
            throw new PictureException(found, "Both sides need at least 1 pixel.", "Send another picture.");
        if (Math.Max(width, height) > MaxAspectRatio * Math.Min(width, height))
        {
            throw new PictureException(
                found, FormattableString.Invariant($"The longer side may be at most {MaxAspectRatio} times the shorter."), "Crop it.");
        }

        if (Math.Max(width, height) > MaxSide)
            throw new PictureException(found, $"A side may have at most {MaxSide} pixels.", "Scale it down.");
        var mostPixels = Math.Min(MaxPixels, AddressablePixels);
        if ((long)width * height > mostPixels)
            throw new PictureException(found, $"At most {mostPixels} pixels are accepted.", "Scale it down.");
    }

    /// <summary>Refuses an animation for its frames.</summary>
    /// <exception cref="PictureException">It has too many frames, or too many pixels in all frames together.</exception>
    public void CheckFrames(int frames, int width, int height)
    {
        if (frames > MaxFrames)
        {
            throw new PictureException(
                $"The animation has {frames} frames.", $"At most {MaxFrames} are accepted.", "Send a shorter one, or fewer frames a second.");
        }

        if ((long)frames * width * height > MaxAnimationPixels)
        {
            throw new PictureException(
                $"The animation has {frames} frames of {width}x{height} pixels.",
                $"All frames together may have at most {MaxAnimationPixels} pixels.",
                "Send fewer or smaller frames.");
        }
    }
}
