using Platform.Model.Pictures;
using SkiaSharp;

namespace Platform.Model.Tests.Pictures;

public sealed class PictureDecoding
{
    private static readonly PictureLimits Limits = PictureLimits.Default;

    [Fact]
    public void Keeps_the_colour_under_transparent_pixels_exactly()
    {
        // Every alpha with many colours: multiplying alpha in and out again would lose low bits.
        var random = new Random(5);
        var samples = new byte[64 * 64 * 4];
        random.NextBytes(samples);
        for (var i = 0; i < samples.Length; i += 4)
            samples[i + 3] = (byte)(i / 4);

        var image = PictureDecoder.Decode(PictureFiles.Png(64, 64, PictureFiles.Rgba, 8, samples), Limits);

        Assert.Equal(samples.Chunk(4).SelectMany(pixel => pixel[..3]), image.Pixels);
    }

    [Fact]
    public void Keeps_the_high_byte_of_16_bit_samples_with_alpha()
    {
        var samples = new byte[256 * 8];
        for (var i = 0; i < 256; i++)
            samples.AsSpan(i * 8, 8).Fill((byte)(255 - i));
        for (var i = 0; i < samples.Length; i += 2)
            samples[i] = (byte)(i / 8);

        var image = PictureDecoder.Decode(PictureFiles.Png(16, 16, PictureFiles.Rgba, 16, samples), Limits);

        Assert.Equal(samples.Chunk(8).SelectMany(pixel => new[] { pixel[0], pixel[2], pixel[4] }), image.Pixels);
    }

    [Fact]
    public void Keeps_a_colour_that_a_PNG_declares_transparent()
    {
        byte[] samples = [10, 20, 30, 200, 100, 50];
        var file = PictureFiles.Png(2, 1, PictureFiles.Rgb, 8, samples, ("tRNS", [0, 10, 0, 20, 0, 30]));

        Assert.Equal(samples, PictureDecoder.Decode(file, Limits).Pixels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keeps_the_palette_colour_under_a_transparent_GIF_pixel(bool transparent)
    {
        var file = PictureFiles.TwoPixelGif((200, 100, 50), transparent);

        Assert.Equal([0, 0, 0, 200, 100, 50], PictureDecoder.Decode(file, Limits).Pixels);
        Assert.Equal([0, 0, 0, 200, 100, 50], PictureDecoder.DecodeAnimation(file, Limits, TestContext.Current.CancellationToken).Frames[0].Pixels);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("webp")]
    public void Turns_by_the_EXIF_block_of_other_formats_than_JPEG(string format)
    {
        byte[] samples = [1, 2, 3, 4, 5, 6];
        var file = format == "png"
            ? PictureFiles.Png(2, 1, PictureFiles.Rgb, 8, samples, ("eXIf", PictureFiles.Exif(6)))
            : PictureFiles.WebpWithExif(2, 1, samples, 6);

        var image = PictureDecoder.Decode(file, Limits);

        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal(samples, image.Pixels);
    }

    [Fact]
    public void Composes_an_animated_WebP()
    {
        var file = PictureFiles.AnimatedWebp(40, 36, (new SKColor(255, 0, 0), 500), (new SKColor(0, 255, 7), 250), (new SKColor(1, 2, 3), 0));

        var animation = PictureDecoder.DecodeAnimation(file, Limits, TestContext.Current.CancellationToken);

        Assert.Equal([500, 250, 100], animation.Durations.Select(duration => duration.TotalMilliseconds));
        Assert.Equal<(byte, byte, byte)>([(255, 0, 0), (0, 255, 7), (1, 2, 3)], animation.Frames.Select(frame => (frame.Pixels[^3], frame.Pixels[^2], frame.Pixels[^1])));
        Assert.All(animation.Frames, frame => Assert.Equal((40, 36), (frame.Width, frame.Height)));
    }

    [Fact]
    public void Takes_a_still_picture_for_an_animation_of_one_frame()
    {
        var animation = PictureDecoder.DecodeAnimation(
            PictureFiles.Png(2, 1, PictureFiles.Rgb, 8, [1, 2, 3, 4, 5, 6]), Limits, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3, 4, 5, 6], Assert.Single(animation.Frames).Pixels);
        Assert.Equal(10, animation.FramesPerSecond);
    }

    [Fact]
    public void Stops_an_animation_when_cancelled()
    {
        var file = PictureFiles.AnimatedWebp(8, 8, (SKColors.Red, 10), (SKColors.Blue, 10));
        Assert.Throws<OperationCanceledException>(() => PictureDecoder.DecodeAnimation(file, Limits, new CancellationToken(canceled: true)));
    }
}
