using System.Text.Json;
using Platform.Model.Pictures;

namespace Platform.Model.Tests.Pictures;

public sealed class ImagePreprocessParity
{
    private static readonly GoldenFolder Golden = new("image-preprocess");
    private static readonly JsonElement Settings = Golden.Json("golden.json");
    private static readonly ImageProcessorConfig ImageConfig = new() { MinPixels = Bound("image", "min"), MaxPixels = Bound("image", "max") };
    private static readonly VideoProcessorConfig VideoConfig = new() { MinPixels = Bound("video", "min"), MaxPixels = Bound("video", "max") };

    [Theory]
    [InlineData("image0")]
    [InlineData("image1")]
    [InlineData("image2")]
    public void Decodes_resizes_and_cuts_a_picture_as_the_reference_does(string name)
    {
        var image = PictureDecoder.Decode(File.ReadAllBytes(Golden.Path($"{name}.png")), PictureLimits.Default);
        Assert.Equal(Golden.Bytes($"{name}.rgb"), image.Pixels);

        var size = Golden.Shape($"{name}.resized_rgb");
        Assert.Equal(Golden.Bytes($"{name}.resized_rgb"), BicubicResize.Resize(image, size[0], size[1]).Pixels);

        var patches = PicturePreprocessor.Picture(image, ImageConfig);
        Assert.Null(patches.Timestamps);
        AssertPatches(patches, $"{name}.pixel_values", $"{name}.grid_thw");
    }

    [Fact]
    public void Resizes_and_cuts_a_clip_as_the_reference_does()
    {
        var patches = PicturePreprocessor.Video(Frames("video0.rgb"), framesPerSecond: null, VideoConfig);

        AssertPatches(patches, "video0.pixel_values_videos", "video0.grid_thw");
        Assert.Equal([(0 + 1 / 24.0) / 2, (2 / 24.0 + 3 / 24.0) / 2, 4 / 24.0], patches.Timestamps!);
        var resized = Frames("video0.rgb").SelectMany(frame => BicubicResize.Resize(frame, 64, 64).Pixels);
        Assert.Equal(Golden.Bytes("video0.resized_rgb"), resized);
    }

    [Fact]
    public void Chooses_the_sizes_of_pictures_that_the_reference_chooses() =>
        Assert.All(Settings.GetProperty("smart_resize_image_cases").EnumerateArray(), row => Assert.Equal(
            Size(row),
            SmartResize.Picture(Int(row, "h"), Int(row, "w"), Int(row, "factor"), Int(row, "min_pixels"), Int(row, "max_pixels"))));

    [Fact]
    public void Chooses_the_sizes_of_clips_that_the_reference_chooses() =>
        Assert.All(Settings.GetProperty("smart_resize_video_cases").EnumerateArray(), row => Assert.Equal(
            Size(row),
            SmartResize.Video(
                Int(row, "frames"),
                Int(row, "h"),
                Int(row, "w"),
                Int(row, "temporal_factor"),
                Int(row, "factor"),
                Int(row, "min_pixels"),
                Int(row, "max_pixels"))));

    [Fact]
    public void Gives_temporal_patches_the_seconds_that_the_reference_gives() =>
        Assert.All(Settings.GetProperty("timestamps").EnumerateArray(), row => Assert.Equal(
            row.GetProperty("out").EnumerateArray().Select(item => item.GetDouble()),
            FrameSampling.Timestamps(
                [.. row.GetProperty("frame_indices").EnumerateArray().Select(item => item.GetInt32())],
                row.GetProperty("fps").GetDouble(),
                Int(row, "merge"))));

    private static void AssertPatches(MediaPatches patches, string values, string grid)
    {
        Assert.Equal(Golden.Longs(grid), new long[] { patches.Grid.T, patches.Grid.H, patches.Grid.W });
        var needed = Golden.Floats(values);
        Assert.Equal(needed.Length, patches.Values.Length);
        for (var i = 0; i < needed.Length; i++)
            Assert.Equal(needed[i], patches.Values[i], 1e-6f);
    }

    private static List<RgbImage> Frames(string tensor)
    {
        var shape = Golden.Shape(tensor);
        var bytes = Golden.Bytes(tensor);
        return [.. bytes.Chunk(shape[1] * shape[2] * 3).Select(frame => new RgbImage(shape[2], shape[1], frame))];
    }

    private static long Bound(string medium, string end) => Settings.GetProperty(medium).GetProperty($"{end}_pixels").GetInt64();

    private static (int Height, int Width) Size(JsonElement row) => (row.GetProperty("out")[0].GetInt32(), row.GetProperty("out")[1].GetInt32());

    private static int Int(JsonElement row, string key) => row.GetProperty(key).GetInt32();
}
