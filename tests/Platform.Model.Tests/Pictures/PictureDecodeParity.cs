using System.Text.Json;
using Platform.Model.Pictures;

namespace Platform.Model.Tests.Pictures;

public sealed class PictureDecodeParity
{
    private static readonly GoldenFolder Golden = new("picture-decode");

    // The goldens hold a picture that decodes legally and is only later refused for its shape.
    private static readonly PictureLimits AnyShape = PictureLimits.Default with { MaxAspectRatio = double.MaxValue };

    public static TheoryData<string> Names =>
        [.. Golden.Json("pictures.json").GetProperty("pictures").EnumerateArray().Select(row => row.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decodes_to_the_reference_samples(string name)
    {
        var row = Row(name);
        var tensor = name == "grey16" ? "grey16.rgb_high_byte" : $"{name}.rgb";

        var image = PictureDecoder.Decode(File(row), AnyShape);

        Assert.Equal([image.Height, image.Width, 3], Golden.Shape(tensor));
        Assert.Equal((row.GetProperty("width").GetInt32(), row.GetProperty("height").GetInt32()), (image.Width, image.Height));
        Assert.InRange(LargestDifference(image.Pixels, Golden.Bytes(tensor)), 0, row.GetProperty("tolerance_levels").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Chooses_the_reference_size(string name)
    {
        var row = Row(name);
        var bounds = Golden.Json("pictures.json").GetProperty("smart_resize_bounds");
        var image = PictureDecoder.Decode(File(row), AnyShape);
        (int Height, int Width) Resize() => SmartResize.Picture(
            image.Height,
            image.Width,
            bounds.GetProperty("factor").GetInt32(),
            bounds.GetProperty("min_pixels").GetInt64(),
            bounds.GetProperty("max_pixels").GetInt64());

        if (row.GetProperty("smart_resize") is { ValueKind: JsonValueKind.Array } size)
            Assert.Equal((size[0].GetInt32(), size[1].GetInt32()), Resize());
        else
            Assert.Contains("1x201", Assert.Throws<PictureException>(() => Resize()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Composes_every_frame_of_the_animation()
    {
        var row = Row("animated");

        var animation = PictureDecoder.DecodeAnimation(File(row), PictureLimits.Default, TestContext.Current.CancellationToken);

        Assert.Equal([animation.Frames.Count, 24, 32, 3], Golden.Shape("animated.frames"));
        Assert.Equal(Golden.Bytes("animated.frames"), animation.Frames.SelectMany(frame => frame.Pixels));
        Assert.Equal(
            row.GetProperty("frame_durations_ms").EnumerateArray().Select(item => item.GetDouble()),
            animation.Durations.Select(duration => duration.TotalMilliseconds));
        Assert.Equal(5 / 0.55, animation.FramesPerSecond, 1e-9);
    }

    private static JsonElement Row(string name) => Golden.Json("pictures.json").GetProperty("pictures").EnumerateArray()
        .Single(row => row.GetProperty("name").GetString() == name);

    private static byte[] File(JsonElement row) => System.IO.File.ReadAllBytes(Golden.Path(row.GetProperty("file").GetString()!));

    private static int LargestDifference(ReadOnlySpan<byte> found, ReadOnlySpan<byte> needed)
    {
        var largest = 0;
        for (var i = 0; i < found.Length; i++)
            largest = Math.Max(largest, Math.Abs(found[i] - needed[i]));
        return largest;
    }
}
