using System.Text.Json;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Cli.Verify;

/// <summary>Verifies a folder of picture preprocessing: decoding, sizes, resizing, normalisation, patch order and timestamps.</summary>
internal static class ImagePreprocessGoldens
{
    private const double ResampledLevels = 1;
    private const double NormalisationError = 1e-6;

    /// <param name="folder">Holds <c>golden.json</c>, <c>golden.safetensors</c> and the PNG files.</param>
    /// <returns>One row per golden tensor (pixel values twice: from the golden's resized samples and from the raw ones) and per case.</returns>
    public static IReadOnlyList<GoldenRow> Run(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        using var goldens = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        var media = goldens.Tensors.Keys.Select(name => name.Split('.')[0]).Distinct().Order(StringComparer.Ordinal);
        return
        [
            .. media.SelectMany(medium => OfMedium(folder, medium, json.RootElement, goldens)),
            .. PreprocessCases.Run(json.RootElement),
        ];
    }

    private static List<GoldenRow> OfMedium(string folder, string medium, JsonElement settings, SafetensorsFile goldens)
    {
        var isVideo = medium.StartsWith("video", StringComparison.Ordinal);
        var valuesName = $"{medium}.{(isVideo ? "pixel_values_videos" : "pixel_values")}";
        string[] known = [$"{medium}.rgb", $"{medium}.resized_rgb", valuesName, $"{medium}.grid_thw"];
        var rows = goldens.Tensors.Keys.Where(name => name.Split('.')[0] == medium && !known.Contains(name))
            .Select(name => new GoldenRow(name, GoldenVerdict.NotCompared, "", Note: "unknown tensor"))
            .ToList();
        var missing = known.Where(name => !goldens.Tensors.ContainsKey(name)).ToList();
        if (missing.Count > 0)
            return [.. rows, .. missing.Select(name => new GoldenRow(name, GoldenVerdict.Failed, "", Note: "missing from golden.safetensors"))];

        try
        {
            var config = isVideo ? (PatchSettings)PreprocessCases.Video(settings) : PreprocessCases.Image(settings);
            var frames = Frames(goldens, known[0]);
            rows.Add(Decoded(folder, medium, frames[0]));
            rows.AddRange(Resized(frames, known[1], config, goldens));
            rows.AddRange(Patches(frames, medium, valuesName, config, goldens));
        }
        catch (PictureException e)
        {
            rows.Add(new GoldenRow(valuesName, GoldenVerdict.Failed, "abs", Note: e.Message));
        }

        return rows;
    }

    private static GoldenRow Decoded(string folder, string medium, RgbImage needed)
    {
        var path = Path.Combine(folder, $"{medium}.png");
        if (!File.Exists(path))
            return new GoldenRow($"{medium}.rgb", GoldenVerdict.Input, "input");

        var found = PictureDecoder.Decode(File.ReadAllBytes(path), PictureLimits.Default);
        return (found.Width, found.Height) == (needed.Width, needed.Height)
            ? SampleComparison.Levels($"{medium}.rgb", found.Pixels, needed.Pixels, 0)
            : new GoldenRow(
                $"{medium}.rgb", GoldenVerdict.Failed, "levels", Note: $"the PNG is {found.Width}x{found.Height}, needed {needed.Width}x{needed.Height}");
    }

    private static IEnumerable<GoldenRow> Resized(List<RgbImage> frames, string name, PatchSettings config, SafetensorsFile goldens)
    {
        var (height, width) = config is VideoProcessorConfig
            ? SmartResize.Video(
                frames.Count, frames[0].Height, frames[0].Width, config.TemporalPatchSize, config.Factor, config.MinPixels, config.MaxPixels)
            : SmartResize.Picture(frames[0].Height, frames[0].Width, config.Factor, config.MinPixels, config.MaxPixels);
        yield return SampleComparison.ShapeProblem(goldens.Tensors[name], height, width) is { } problem
            ? new GoldenRow(name, GoldenVerdict.Failed, "levels", Note: problem)
            : SampleComparison.Levels(
                name,
                [.. frames.SelectMany(frame => BicubicResize.Resize(frame, height, width).Pixels)],
                goldens.ReadBytes(name),
                ResampledLevels);
    }

    private static IEnumerable<GoldenRow> Patches(
        List<RgbImage> frames, string medium, string valuesName, PatchSettings config, SafetensorsFile goldens)
    {
        var needed = goldens.ReadFloats(valuesName);
        var whole = config is VideoProcessorConfig video
            ? PicturePreprocessor.Video(frames, null, video)
            : PicturePreprocessor.Picture(frames[0], (ImageProcessorConfig)config);
        var cut = PatchCutter.Cut(Frames(goldens, $"{medium}.resized_rgb"), config);
        var oneLevel = ResampledLevels / (255 * config.Std.Min());

        yield return SampleComparison.Absolute(valuesName, cut.Values, needed, NormalisationError);
        yield return SampleComparison.Absolute($"{valuesName} (from rgb)", whole.Values, needed, oneLevel + NormalisationError);
        yield return SampleComparison.Exact(
            $"{medium}.grid_thw",
            $"[{whole.Grid.T}, {whole.Grid.H}, {whole.Grid.W}]",
            $"[{string.Join(", ", goldens.ReadLongs($"{medium}.grid_thw"))}]");
    }

    private static List<RgbImage> Frames(SafetensorsFile goldens, string tensor)
    {
        var shape = goldens.Entry(tensor).Shape;
        var (height, width) = ((int)shape[^3], (int)shape[^2]);
        return [.. goldens.ReadBytes(tensor).Chunk(height * width * 3).Select(frame => new RgbImage(width, height, frame))];
    }
}
