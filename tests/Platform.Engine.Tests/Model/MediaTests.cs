using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Engine.Tests.Model;

public sealed class MediaTests
{
    private const int Picture = 506;
    private const int Clip = 507;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly ModelConfig Config = ModelConfig.Load(Repository.Golden("tiny-moe-vl"));

    [Fact]
    public void A_picture_keeps_time_and_spreads_rows_and_columns_and_text_goes_on_past_its_longer_side()
    {
        int[] tokens = [1, 2, Picture, Picture, Picture, Picture, Picture, Picture, 3];
        var positions = MediaPlacement.Positions(tokens, Config, [new MediaGrid(1, 4, 6)], []);
        Assert.Equal(new MropePosition(1, 1, 1), positions[1]);
        Assert.Equal(new MropePosition(2, 2, 2), positions[2]);
        Assert.Equal(new MropePosition(2, 2, 4), positions[4]);
        Assert.Equal(new MropePosition(2, 3, 2), positions[5]);
        Assert.Equal(new MropePosition(5, 5, 5), positions[8]);
        Assert.Equal(-3, positions.Delta);
        Assert.Equal(new MropePosition(6, 6, 6), positions[9]);
    }

    [Fact]
    public void Every_temporal_patch_of_a_clip_is_a_run_of_its_own()
    {
        int[] tokens = [1, Clip, 9, Clip, 9];
        var positions = MediaPlacement.Positions(tokens, Config, [], [new MediaGrid(2, 2, 2)]);
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, 5).Select(i => positions[i].Time));
    }

    [Fact]
    public void Placeholders_and_grids_must_match()
    {
        var grid = new MediaGrid(1, 4, 4);
        Assert.Throws<ArgumentException>(() => MediaPlacement.Positions([1, Picture, Picture, 2], Config, [grid], []));
        Assert.Throws<ArgumentException>(() => MediaPlacement.Positions([1, 2], Config, [grid], []));
        Assert.Throws<ArgumentException>(() => MediaPlacement.Positions([Picture, Picture, Picture, Picture, 1, Picture], Config, [grid], []));
        Assert.Same(MropePositions.Text, MediaPlacement.Positions([1, 2], Config, [], []));
    }

    [Fact]
    public void Rows_go_to_their_placeholders_in_order_of_kind()
    {
        var width = Config.Text.HiddenSize;
        var pictures = Rows(2, 1, width);
        var clips = Rows(1, 5, width);
        var media = MediaPlacement.Embeddings([Picture, 3, Clip, Picture], Config, pictures, clips);
        Assert.NotNull(media);
        Assert.Equal([1f, 0f, 5f, 2f], new[] { 0, 1, 2, 3 }.Select(i => media.Row(i).Length == 0 ? 0 : media.Row(i)[0]));
        Assert.Throws<ArgumentException>(() => MediaPlacement.Embeddings([Picture], Config, pictures, clips));
        Assert.Throws<ArgumentException>(() => MediaPlacement.Embeddings([Picture, Picture, Picture], Config, pictures, []));
        Assert.Null(MediaPlacement.Embeddings([1], Config, [], []));
    }

    [Fact]
    public void A_picture_has_the_same_rows_alone_among_others_and_with_other_threads_and_kernels()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-vl"));
        MediaGrid small = new(1, 4, 6), clip = new(3, 2, 4);
        var patches = Pixels(small.Patches + clip.Patches, checkpoint.Config.Vision!);
        using var one = VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = 1 }, cancellationToken: Stop);
        using var plain = VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = 3, Kernels = KernelTier.Reference }, cancellationToken: Stop);
        var together = one.Embed(patches, [small, clip], cancellationToken: Stop);
        var alone = plain.Embed(patches.AsSpan(0, small.Patches * one.Config.PatchElements), [small], cancellationToken: Stop);
        Assert.Equal(Bits(together)[..alone.Length], Bits(alone));
        Assert.Equal((small.Patches + clip.Patches) / 4 * one.Config.OutHiddenSize, together.Length);
    }

    [Fact]
    public void Callers_on_several_threads_take_turns()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-vl"));
        using var tower = VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = 2 }, cancellationToken: Stop);
        MediaGrid grid = new(1, 4, 6);
        var patches = Pixels(grid.Patches, tower.Config);
        var expected = Bits(tower.Embed(patches, [grid], cancellationToken: Stop));
        var found = new int[8][];
        Parallel.For(0, found.Length, i => found[i] = Bits(tower.Embed(patches, [grid], cancellationToken: Stop)));
        Assert.All(found, bits => Assert.Equal(expected, bits));
    }

    [Fact]
    public void Grids_and_patches_that_do_not_fit_are_refused()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-vl"));
        using var tower = VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = 1, MaxPatches = 20 }, cancellationToken: Stop);
        Assert.Throws<ArgumentException>(() => tower.Embed(new float[3 * tower.Config.PatchElements], [new MediaGrid(1, 1, 3)], cancellationToken: Stop));
        Assert.Throws<ArgumentException>(() => tower.Embed(new float[3], [new MediaGrid(1, 2, 2)], cancellationToken: Stop));
        Assert.Throws<ArgumentException>(() => tower.Embed(new float[24 * tower.Config.PatchElements], [new MediaGrid(1, 4, 6)], cancellationToken: Stop));
        using var text = Checkpoint.Open(Repository.Golden("tiny-moe"));
        Assert.Throws<ArgumentException>(() => VisionTower.Load(text, new VisionTowerOptions(), cancellationToken: Stop));
    }

    private static float[] Rows(int count, float first, int width) =>
        [.. Enumerable.Range(0, count * width).Select(i => first + i / width)];

    private static float[] Pixels(int patches, VisionConfig config)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, patches * config.PatchElements).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
