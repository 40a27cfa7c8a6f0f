using SkiaSharp;

namespace Platform.Model.Pictures;

/// <summary>Turns picture files into RGB samples: PNG, JPEG, WebP, GIF and BMP.</summary>
/// <remarks>
/// The picture is turned upright by its EXIF orientation, alpha is dropped without blending, 16-bit samples keep their high byte, CMYK
/// becomes RGB by the plain formula, and no colour profile is applied: what the reference processor's loader does. Thread-safe.
/// </remarks>
public static class PictureDecoder
{
    private static readonly SKEncodedImageFormat[] AcceptedFormats =
        [SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Gif, SKEncodedImageFormat.Bmp];

    private static readonly TimeSpan DurationWhenAbsent = TimeSpan.FromMilliseconds(100);

    /// <summary>Decodes a still picture; of an animation the first frame.</summary>
    /// <exception cref="PictureException">The file is no picture, damaged, cut short, or beyond <paramref name="limits"/>.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.CheckFile(file.Length);
        using var data = SKData.CreateCopy(file);
        using var codec = Open(data, limits);
        using var canvas = Canvas(codec);
        Read(codec, canvas, SKCodecOptions.Default);
        return Upright(canvas, Orientation(codec, file), GifTransparency.ColourUnder(file));
    }

    /// <summary>Decodes every frame of an animation; a still picture is an animation of one frame.</summary>
    /// <exception cref="PictureException">The file is no picture, damaged, cut short, or beyond <paramref name="limits"/>.</exception>
    public static AnimatedPicture DecodeAnimation(
        ReadOnlySpan<byte> file, PictureLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.CheckFile(file.Length);
        using var data = SKData.CreateCopy(file);
        using var codec = Open(data, limits);
        if (codec.FrameCount == 0)
            return new AnimatedPicture([Decode(file, limits)], [DurationWhenAbsent]);

        limits.CheckFrames(codec.FrameCount, codec.Info.Width, codec.Info.Height);
        var frames = codec.FrameInfo;
        return new AnimatedPicture(
            ReadFrames(codec, frames, GifTransparency.ColourUnder(file), cancellationToken),
            [.. frames.Select(frame => frame.Duration > 0 ? TimeSpan.FromMilliseconds(frame.Duration) : DurationWhenAbsent)]);
    }

    /// <summary>Composes frame after frame. A frame drawn over an earlier one starts from the newest canvas that later frames may
    /// build on, so the whole animation is decoded once and not once per frame.</summary>
    private static List<RgbImage> ReadFrames(
        SKCodec codec, SKCodecFrameInfo[] frames, RgbColour? transparentColour, CancellationToken cancellationToken)
    {
        using var canvas = Canvas(codec);
        using var kept = Canvas(codec);
        var keptFrame = -1;
        var images = new List<RgbImage>(frames.Length);
        for (var i = 0; i < frames.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var buildsOnKept = frames[i].RequiredFrame >= 0 && keptFrame >= frames[i].RequiredFrame;
            if (buildsOnKept)
                kept.GetPixelSpan().CopyTo(canvas.GetPixelSpan());
            Read(codec, canvas, buildsOnKept ? new SKCodecOptions(i, keptFrame) : new SKCodecOptions(i));
            images.Add(Upright(canvas, codec.EncodedOrigin, transparentColour));
            if (frames[i].DisposalMethod == SKCodecAnimationDisposalMethod.RestorePrevious)
                continue;
            canvas.GetPixelSpan().CopyTo(kept.GetPixelSpan());
            keptFrame = i;
        }

        return images;
    }

    /// <summary>Reads the header only and holds it against the limits.</summary>
    private static SKCodec Open(SKData data, PictureLimits limits)
    {
        var codec = SKCodec.Create(data) ?? throw NoPicture("no PNG, JPEG, WebP, GIF or BMP header was found");
        try
        {
            if (!AcceptedFormats.Contains(codec.EncodedFormat))
                throw NoPicture($"it is a {codec.EncodedFormat} file");
            limits.CheckSize(codec.Info.Width, codec.Info.Height);
            return codec;
        }
        catch
        {
            codec.Dispose();
            throw;
        }
    }

    /// <summary>Memory for one frame: RGBA, alpha not multiplied in, and no colour space, so that samples pass through unchanged.</summary>
    private static SKBitmap Canvas(SKCodec codec)
    {
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var bitmap = new SKBitmap();
        if (bitmap.TryAllocPixels(info, info.RowBytes))
            return bitmap;

        bitmap.Dispose();
        throw new PictureException(
            $"The picture is {info.Width}x{info.Height} pixels.", "There is not enough memory free to decode it.", "Scale it down.");
    }

    private static void Read(SKCodec codec, SKBitmap canvas, SKCodecOptions options)
    {
        var result = codec.GetPixels(canvas.Info, canvas.GetPixels(), options);
        if (result == SKCodecResult.Success)
            return;

        throw result == SKCodecResult.IncompleteInput
            ? new PictureException("The picture file ends before its last pixel.", "A picture must be complete.", "Send the whole file.")
            : new PictureException(
                $"The picture file is damaged ({result}).", "A picture must decode without errors.", "Save or export it again.");
    }

    private static SKEncodedOrigin Orientation(SKCodec codec, ReadOnlySpan<byte> file) =>
        codec.EncodedFormat == SKEncodedImageFormat.Png ? PngExif.Orientation(file) : codec.EncodedOrigin;

    private static RgbImage Upright(SKBitmap canvas, SKEncodedOrigin origin, RgbColour? transparentColour) =>
        ExifOrientation.Of(origin, canvas.Width, canvas.Height).Upright(canvas.GetPixelSpan(), transparentColour);

    private static PictureException NoPicture(string reason) => new(
        $"The file is no picture that can be read: {reason}.",
        "Pictures are PNG, JPEG, WebP, GIF or BMP files.",
        "Convert it to one of these.");
}
