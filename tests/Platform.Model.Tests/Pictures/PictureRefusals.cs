using Platform.Model.Pictures;
using SkiaSharp;

namespace Platform.Model.Tests.Pictures;

public sealed class PictureRefusals
{
    private static readonly PictureLimits Limits = PictureLimits.Default;
    private static readonly GoldenFolder Golden = new("picture-decode");

    [Theory]
    [InlineData(1, 100_000, "200 times")]
    [InlineData(100_000, 100_000, "32768 pixels")]
    [InlineData(30_000, 30_000, "67108864 pixels")]
    [InlineData(int.MaxValue, int.MaxValue, "PNG, JPEG")]
    [InlineData(0, 10, "PNG, JPEG")]
    public void Refuses_a_bomb_by_its_header_without_allocating(int width, int height, string rule)
    {
        var bomb = PictureFiles.PngBomb(width, height);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<PictureException>(() => PictureDecoder.Decode(bomb, Limits));

        Assert.Contains(rule, refusal.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Says_what_was_found_the_rule_and_the_cure()
    {
        var refusal = Assert.Throws<PictureException>(() => PictureDecoder.Decode(PictureFiles.PngBomb(1, 100_000), Limits));
        Assert.Equal("The picture is 1x100000 pixels. The longer side may be at most 200 times the shorter. Crop it.", refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>")]
    [InlineData("%PDF-1.7")]
    public void Refuses_what_is_no_picture(string content)
    {
        var refusal = Assert.Throws<PictureException>(() => PictureDecoder.Decode(System.Text.Encoding.UTF8.GetBytes(content), Limits));
        Assert.Contains("PNG, JPEG, WebP, GIF or BMP", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_picture_format_outside_the_list()
    {
        byte[] wirelessBitmap = [0, 0, 8, 1, 0xAA];
        Assert.Contains("PNG, JPEG", Assert.Throws<PictureException>(() => PictureDecoder.Decode(wirelessBitmap, Limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_too_many_bytes()
    {
        var file = PictureFiles.Png(2, 1, PictureFiles.Rgb, 8, [1, 2, 3, 4, 5, 6]);
        var refusal = Assert.Throws<PictureException>(() => PictureDecoder.Decode(file, Limits with { MaxFileBytes = file.Length - 1 }));
        Assert.Contains($"At most {file.Length - 1}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, PictureDecoder.Decode(file, Limits with { MaxFileBytes = file.Length }).Width);
    }

    [Fact]
    public void Refuses_too_many_frames_and_too_many_pixels_in_all_frames()
    {
        var file = PictureFiles.AnimatedWebp(8, 8, (SKColors.Red, 10), (SKColors.Blue, 10), (SKColors.Red, 10));

        Assert.Contains("3 frames", Refusal(Limits with { MaxFrames = 2 }), StringComparison.Ordinal);
        Assert.Contains("8x8", Refusal(Limits with { MaxAnimationPixels = 3 * 64 - 1 }), StringComparison.Ordinal);
        var exactly = PictureDecoder.DecodeAnimation(
            file, Limits with { MaxFrames = 3, MaxAnimationPixels = 3 * 64 }, TestContext.Current.CancellationToken);
        Assert.Equal(3, exactly.Frames.Count);

        string Refusal(PictureLimits limits) => Assert.Throws<PictureException>(
            () => PictureDecoder.DecodeAnimation(file, limits, TestContext.Current.CancellationToken)).Message;
    }

    [Theory]
    [InlineData("alpha.png")]
    [InlineData("jpeg420.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("palette.png")]
    [InlineData("rgb16.png")]
    [InlineData("animated.gif")]
    public void Refuses_a_file_cut_short_anywhere_before_its_last_pixels(string name)
    {
        var whole = File.ReadAllBytes(Golden.Path(name));
        var still = PictureDecoder.Decode(whole, Limits);
        for (var length = 0; length < whole.Length; length++)
        {
            RgbImage? image = null;
            try
            {
                image = PictureDecoder.Decode(whole.AsSpan(0, length), Limits);
            }
            catch (PictureException)
            {
            }

            // Trailing bytes (checksums, end markers, later frames) may be missing: then every pixel is there.
            if (image is not null)
                Assert.Equal(still.Pixels, image.Pixels);
        }

        Assert.Throws<PictureException>(() => PictureDecoder.Decode(whole.AsSpan(0, whole.Length / 8), Limits));
    }

    [Fact]
    public void Survives_damaged_files_with_a_picture_or_a_refusal()
    {
        var files = Directory.GetFiles(Golden.Folder).Where(path => Path.GetExtension(path) is ".png" or ".jpg" or ".gif")
            .Select(File.ReadAllBytes)
            .Append(PictureFiles.AnimatedWebp(16, 16, (SKColors.Red, 10), (SKColors.Blue, 10)))
            .ToArray();
        var random = new Random(20);
        var (decoded, refused) = (0, 0);
        for (var round = 0; round < 3_000; round++)
        {
            var file = files[round % files.Length].ToArray();
            for (var hit = random.Next(1, 9); hit > 0; hit--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                var animation = PictureDecoder.DecodeAnimation(
                    file, Limits with { MaxPixels = 1 << 20, MaxAnimationPixels = 1 << 22 }, TestContext.Current.CancellationToken);
                Assert.All(animation.Frames, frame => Assert.Equal(frame.Width * frame.Height * 3, frame.Pixels.Length));
                decoded++;
            }
            catch (PictureException)
            {
                refused++;
            }
        }

        Assert.InRange(decoded, 100, 2_900);
        Assert.Equal(3_000, decoded + refused);
    }
}
