using System.Text;
using Platform.Model.Pictures;

namespace Platform.Model.Tests.Pictures;

public sealed class ProcessorConfigs
{
    [Fact]
    public void Are_the_released_models_where_the_files_are_absent()
    {
        using var folder = new TemporaryFolder();
        var image = ImageProcessorConfig.Load(folder.Path);
        var video = VideoProcessorConfig.Load(folder.Path);

        Assert.Equal((16, 2, 2, 65_536L, 16_777_216L, 32), (image.PatchSize, image.TemporalPatchSize, image.MergeSize, image.MinPixels, image.MaxPixels, image.Factor));
        Assert.Equal((4_096L, 25_165_824L, 2.0, 4, 768), (video.MinPixels, video.MaxPixels, video.FramesPerSecond, video.MinFrames, video.MaxFrames));
    }

    [Fact]
    public void Read_the_checkpoints_values_and_ignore_unknown_keys()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(System.IO.Path.Combine(folder.Path, "preprocessor_config.json"), """
            {"patch_size": 14, "merge_size": 2, "size": {"shortest_edge": 100, "longest_edge": 5000}, "image_mean": [0.1, 0.2, 0.3],
             "image_std": [0.5, 0.4, 0.3], "resample": 3, "do_resize": true, "rescale_factor": 0.00392156862745098, "new_key": [1]}
            """);
        File.WriteAllText(System.IO.Path.Combine(folder.Path, "video_preprocessor_config.json"), """{"fps": 4, "min_frames": 2, "max_frames": 9}""");

        var image = ImageProcessorConfig.Load(folder.Path);
        var video = VideoProcessorConfig.Load(folder.Path);

        Assert.Equal((14, 100L, 5000L, 28), (image.PatchSize, image.MinPixels, image.MaxPixels, image.Factor));
        Assert.Equal([0.1, 0.2, 0.3], image.Mean);
        Assert.Equal((4.0, 2, 9, 4_096L), (video.FramesPerSecond, video.MinFrames, video.MaxFrames, video.MinPixels));
        Assert.NotEqual(new ImageProcessorConfig().Id, image.Id);
    }

    [Fact]
    public void Read_the_file_that_holds_all_processors()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            System.IO.Path.Combine(folder.Path, "processor_config.json"),
            """{"image_processor": {"patch_size": 8}, "video_processor": {"fps": 1}}""");

        Assert.Equal(8, ImageProcessorConfig.Load(folder.Path).PatchSize);
        Assert.Equal(1, VideoProcessorConfig.Load(folder.Path).FramesPerSecond);
    }

    [Theory]
    [InlineData("""{"patch_size": 0}""", "patch_size")]
    [InlineData("""{"patch_size": 16.5}""", "patch_size")]
    [InlineData("""{"patch_size": "16"}""", "patch_size")]
    [InlineData("""{"temporal_patch_size": 1e9}""", "temporal_patch_size")]
    [InlineData("""{"merge_size": -1}""", "merge_size")]
    [InlineData("""{"size": {"shortest_edge": 9, "longest_edge": 8}}""", "shortest_edge")]
    [InlineData("""{"size": {"longest_edge": 1e300}}""", "longest_edge")]
    [InlineData("""{"image_std": [0.5, 0, 0.5]}""", "image_std")]
    [InlineData("""{"image_mean": [0.5]}""", "image_mean")]
    [InlineData("""{"resample": 2}""", "resample")]
    [InlineData("""{"resample": "bicubic"}""", "resample")]
    [InlineData("""{"do_normalize": false}""", "do_normalize")]
    [InlineData("""{"rescale_factor": 1}""", "rescale_factor")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    public void Refuse_values_that_cannot_be_meant(string json, string named)
    {
        var refusal = Assert.Throws<ProcessorConfigException>(() => ImageProcessorConfig.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_fewer_frames_at_most_than_at_least() =>
        Assert.Contains(
            "min_frames",
            Assert.Throws<ProcessorConfigException>(() => VideoProcessorConfig.Parse("""{"min_frames": 9, "max_frames": 8}"""u8)).Message,
            StringComparison.Ordinal);

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("processor").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
