using System.Runtime.InteropServices;
using Platform.Contracts.Vision;
using Platform.Engine;
using Platform.Model;
using Platform.Model.Pictures;
using Platform.Vision;

namespace Services.Tests.Vision;

public sealed class VisionOfACheckpoint
{
    private static readonly string Folder = Repository.Golden("end-to-end");

    [Fact]
    public async Task Gives_the_towers_embeddings_of_the_reference_pixels_for_a_picture_file()
    {
        using var checkpoint = Checkpoint.Open(Folder);
        using var tower = VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        await using var host = await VisionHost.StartAsync(VisionModel.Of(tower, checkpoint, Folder));
        using var golden = SafetensorsFile.Open(Path.Combine(Folder, "golden.safetensors"));
        var grid = golden.ReadLongs("image.image_grid_thw");

        var upload = await host.UploadPictureAsync(await File.ReadAllBytesAsync(Path.Combine(Folder, "image0.png"), TestContext.Current.CancellationToken));
        var parts = await host.PullAsync(new MediaReference { Key = upload.Key });

        Assert.Equal(grid, new long[] { upload.Grid.T, upload.Grid.H, upload.Grid.W });
        var needed = tower.Embed(golden.ReadFloats("image.pixel_values"), [new MediaGrid((int)grid[0], (int)grid[1], (int)grid[2])], cancellationToken: TestContext.Current.CancellationToken);
        var found = parts.SelectMany(part => MemoryMarshal.Cast<byte, float>(part.Values.Span).ToArray()).ToArray();
        Assert.Equal(needed.Length, found.Length);
        Assert.All(found.Zip(needed), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.Equal(checkpoint.Config.Text.HiddenSize, parts[0].HiddenSize);
    }

    [Fact]
    public void Refuses_processor_settings_that_do_not_fit_the_tower()
    {
        var copy = Directory.CreateTempSubdirectory("vision");
        try
        {
            File.WriteAllText(Path.Combine(copy.FullName, "preprocessor_config.json"), """{"patch_size": 14}""");
            using var checkpoint = Checkpoint.Open(Folder);
            using var tower = VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = 1 }, cancellationToken: TestContext.Current.CancellationToken);

            var refusal = Assert.Throws<ProcessorConfigException>(() => VisionModel.Of(tower, checkpoint, copy.FullName));
            Assert.Contains("(14, 2, 2)", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}
