using Platform.Engine;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Cli.Verify;

/// <summary>The pictures and clips of a golden prompt: their stages in the tower, the prompt's positions, and the rows for its placeholders.</summary>
internal static class MediaGoldens
{
    /// <summary>Embeds what the golden file has and hands positions and rows to the model.</summary>
    public static void Prepare(
        ModelUnderTest model, Checkpoint checkpoint, SafetensorsFile goldens, int[] prompt, KernelTier kernels, Dictionary<string, GoldenTensor> computed)
    {
        if (!checkpoint.HasVision)
            return;
        var pictures = Grids(goldens, "image_grid_thw");
        var clips = Grids(goldens, "video_grid_thw");
        model.Positions = MediaPlacement.Positions(prompt, checkpoint.Config, pictures, clips);
        computed["position_ids"] = PositionRows(model.Positions, prompt.Length);
        computed["rope_delta"] = GoldenTensor.Of([model.Positions.Delta], 1);

        using var tower = VisionTower.Load(checkpoint, new VisionTowerOptions { Kernels = kernels });
        var pictureRows = Embed(tower, goldens, "pixel_values", pictures, "vision.image", computed);
        var clipRows = Embed(tower, goldens, "pixel_values_videos", clips, "vision.video", computed);
        model.Media = MediaPlacement.Embeddings(prompt, checkpoint.Config, pictureRows, clipRows);
    }

    private static List<MediaGrid> Grids(SafetensorsFile goldens, string name)
    {
        var grids = new List<MediaGrid>();
        if (!goldens.Tensors.ContainsKey(name))
            return grids;
        var numbers = GoldenTensor.Read(goldens, name).ToInts();
        for (var i = 0; i < numbers.Length; i += 3)
            grids.Add(new MediaGrid(numbers[i], numbers[i + 1], numbers[i + 2]));
        return grids;
    }

    private static float[] Embed(
        VisionTower tower, SafetensorsFile goldens, string pixels, List<MediaGrid> grids, string prefix, Dictionary<string, GoldenTensor> computed)
    {
        if (grids.Count == 0)
            return [];
        var tap = new StageRecorder();
        var rows = tower.Embed(GoldenTensor.Read(goldens, pixels).Floats!, grids, tap);
        foreach (var (stage, (values, width)) in tap.Stages)
            computed[$"{prefix}.{stage}"] = GoldenTensor.Of(values.ToArray(), values.Count / width, width);
        return rows;
    }

    public static GoldenTensor PositionRows(MropePositions positions, int count)
    {
        var rows = new long[3 * count];
        for (var i = 0; i < count; i++)
            (rows[i], rows[count + i], rows[2 * count + i]) = (positions[i].Time, positions[i].Height, positions[i].Width);
        return GoldenTensor.Of(rows, 3, count);
    }

    private sealed class StageRecorder : VisionTap
    {
        public Dictionary<string, (List<float> Values, int Width)> Stages { get; } = [];

        public override void Stage(string stage, int width, ReadOnlySpan<float> values)
        {
            if (!Stages.TryGetValue(stage, out var kept))
                Stages[stage] = kept = ([], width);
            kept.Values.AddRange(values);
        }
    }
}
