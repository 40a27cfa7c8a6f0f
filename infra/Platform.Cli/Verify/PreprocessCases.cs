using System.Globalization;
using System.Text.Json;
using Platform.Model.Pictures;

namespace Platform.Cli.Verify;

/// <summary>The settings and the cases of an image-preprocess folder's <c>golden.json</c>.</summary>
internal static class PreprocessCases
{
    /// <summary>The folder's settings for pictures.</summary>
    public static ImageProcessorConfig Image(JsonElement root)
    {
        var image = root.GetProperty("image");
        return new ImageProcessorConfig
        {
            PatchSize = Int(image, "patch_size"),
            TemporalPatchSize = Int(image, "temporal_patch_size"),
            MergeSize = Int(image, "merge_size"),
            MinPixels = Int(image, "min_pixels"),
            MaxPixels = Int(image, "max_pixels"),
            Mean = Numbers(image, "mean"),
            Std = Numbers(image, "std"),
        };
    }

    /// <summary>The folder's settings for clips: patches as for pictures, with bounds of their own.</summary>
    public static VideoProcessorConfig Video(JsonElement root)
    {
        var image = Image(root);
        var video = root.GetProperty("video");
        return new VideoProcessorConfig
        {
            PatchSize = image.PatchSize,
            TemporalPatchSize = Int(video, "temporal_factor"),
            MergeSize = Int(video, "factor") / image.PatchSize,
            MinPixels = Int(video, "min_pixels"),
            MaxPixels = Int(video, "max_pixels"),
            Mean = image.Mean,
            Std = image.Std,
        };
    }

    /// <summary>One row per size case and timestamp case.</summary>
    public static IEnumerable<GoldenRow> Run(JsonElement root)
    {
        foreach (var row in Cases(root, "smart_resize_image_cases"))
        {
            yield return Size($"smart_resize {row.GetProperty("h")}x{row.GetProperty("w")}", row, () => SmartResize.Picture(
                Int(row, "h"), Int(row, "w"), Int(row, "factor"), Int(row, "min_pixels"), Int(row, "max_pixels")));
        }

        foreach (var row in Cases(root, "smart_resize_video_cases"))
        {
            yield return Size($"smart_resize {row.GetProperty("frames")} x {row.GetProperty("h")}x{row.GetProperty("w")}", row, () => SmartResize.Video(
                Int(row, "frames"), Int(row, "h"), Int(row, "w"), Int(row, "temporal_factor"), Int(row, "factor"), Int(row, "min_pixels"), Int(row, "max_pixels")));
        }

        foreach (var row in Cases(root, "timestamps"))
        {
            int[] indices = [.. row.GetProperty("frame_indices").EnumerateArray().Select(item => item.GetInt32())];
            yield return SampleComparison.Exact(
                $"timestamps [{string.Join(", ", indices)}]",
                Text(FrameSampling.Timestamps(indices, row.GetProperty("fps").GetDouble(), Int(row, "merge"))),
                Text(Numbers(row, "out")));
        }
    }

    private static JsonElement.ArrayEnumerator Cases(JsonElement root, string key) =>
        root.TryGetProperty(key, out var cases) ? cases.EnumerateArray() : default;

    private static GoldenRow Size(string name, JsonElement row, Func<(int Height, int Width)> resize)
    {
        var size = row.GetProperty("out");
        var needed = size.ValueKind == JsonValueKind.Array ? $"[{size[0]}, {size[1]}]" : "refused";
        try
        {
            var (height, width) = resize();
            return SampleComparison.Exact(name, $"[{height}, {width}]", needed);
        }
        catch (PictureException)
        {
            return SampleComparison.Exact(name, "refused", needed);
        }
    }

    private static string Text(IEnumerable<double> values) => string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static double[] Numbers(JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(item => item.GetDouble())];

    private static int Int(JsonElement row, string key) => row.GetProperty(key).GetInt32();
}
