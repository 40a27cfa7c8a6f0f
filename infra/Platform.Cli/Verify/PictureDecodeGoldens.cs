using System.Text.Json;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Cli.Verify;

/// <summary>Verifies a folder of picture files: each must decode to its golden samples, and be resized to its golden size or refused.</summary>
internal static class PictureDecodeGoldens
{
    // The folder holds pictures that decode legally and are only refused for their shape afterwards.
    private static readonly PictureLimits AnyShape = PictureLimits.Default with { MaxAspectRatio = double.MaxValue };

    /// <param name="folder">Holds <c>pictures.json</c>, <c>golden.safetensors</c> and the pictures.</param>
    /// <returns>One row per golden tensor, plus one per picture for its size.</returns>
    public static IReadOnlyList<GoldenRow> Run(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "pictures.json")));
        using var goldens = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        var bounds = json.RootElement.GetProperty("smart_resize_bounds");
        var rows = json.RootElement.GetProperty("pictures").EnumerateArray()
            .SelectMany(picture => OfPicture(folder, picture, bounds, goldens))
            .ToList();
        var known = rows.Select(row => row.Name).ToHashSet();
        rows.AddRange(goldens.Tensors.Keys.Order(StringComparer.Ordinal).Where(name => !known.Contains(name)).Select(NotDecoded));
        return rows;
    }

    private static IEnumerable<GoldenRow> OfPicture(string folder, JsonElement picture, JsonElement bounds, SafetensorsFile goldens)
    {
        var name = picture.GetProperty("name").GetString()!;
        var file = File.ReadAllBytes(Path.Combine(folder, picture.GetProperty("file").GetString()!));
        if (Decode(file, out var refusal) is not { } image)
        {
            yield return new GoldenRow($"{name}.rgb", GoldenVerdict.Failed, "levels", Note: refusal);
            yield break;
        }

        var highByte = $"{name}.rgb_high_byte";
        yield return Samples(goldens.Tensors.ContainsKey(highByte) ? highByte : $"{name}.rgb", image, picture, goldens);
        yield return Size(name, image, picture.GetProperty("smart_resize"), bounds);
        if (goldens.Tensors.TryGetValue($"{name}.frames", out var frames))
            yield return Frames(file, picture, frames, goldens);
    }

    private static GoldenRow Samples(string tensor, RgbImage image, JsonElement picture, SafetensorsFile goldens)
    {
        if (!goldens.Tensors.TryGetValue(tensor, out var entry))
            return new GoldenRow(tensor, GoldenVerdict.Failed, "levels", Note: "pictures.json names a picture without this tensor");
        if (SampleComparison.ShapeProblem(entry, image.Height, image.Width) is { } problem)
            return new GoldenRow(tensor, GoldenVerdict.Failed, "levels", Note: problem);

        double? mean = picture.TryGetProperty("mean_levels_if_chroma_repeated", out var levels) ? levels.GetDouble() : null;
        return SampleComparison.Levels(
            tensor, image.Pixels, goldens.ReadBytes(tensor), picture.GetProperty("tolerance_levels").GetDouble(), mean);
    }

    private static GoldenRow Size(string name, RgbImage image, JsonElement needed, JsonElement bounds)
    {
        string found;
        try
        {
            var (height, width) = SmartResize.Picture(
                image.Height,
                image.Width,
                bounds.GetProperty("factor").GetInt32(),
                bounds.GetProperty("min_pixels").GetInt64(),
                bounds.GetProperty("max_pixels").GetInt64());
            found = $"[{height}, {width}]";
        }
        catch (PictureException)
        {
            found = "refused";
        }

        return SampleComparison.Exact(
            $"{name}.smart_resize", found, needed.ValueKind == JsonValueKind.Null ? "refused" : $"[{needed[0]}, {needed[1]}]");
    }

    private static GoldenRow Frames(byte[] file, JsonElement picture, TensorEntry entry, SafetensorsFile goldens)
    {
        try
        {
            var animation = PictureDecoder.DecodeAnimation(file, AnyShape);
            var problem = SampleComparison.ShapeProblem(entry, animation.Frames[0].Height, animation.Frames[0].Width)
                ?? DurationProblem(animation, picture);
            return problem is null
                ? SampleComparison.Levels(entry.Name, [.. animation.Frames.SelectMany(frame => frame.Pixels)], goldens.ReadBytes(entry.Name), 0)
                : new GoldenRow(entry.Name, GoldenVerdict.Failed, "levels", Note: problem);
        }
        catch (PictureException e)
        {
            return new GoldenRow(entry.Name, GoldenVerdict.Failed, "levels", Note: e.Message);
        }
    }

    private static string? DurationProblem(AnimatedPicture animation, JsonElement picture)
    {
        if (!picture.TryGetProperty("frame_durations_ms", out var needed))
            return null;
        var found = string.Join(", ", animation.Durations.Select(duration => duration.TotalMilliseconds));
        var wanted = string.Join(", ", needed.EnumerateArray().Select(item => item.GetDouble()));
        return found == wanted ? null : $"found durations {found} ms, needed {wanted} ms";
    }

    private static RgbImage? Decode(byte[] file, out string? refusal)
    {
        try
        {
            refusal = null;
            return PictureDecoder.Decode(file, AnyShape);
        }
        catch (PictureException e)
        {
            refusal = e.Message;
            return null;
        }
    }

    /// <summary>Tensors for information (another stack's result) are skipped; any other is one we do not know.</summary>
    private static GoldenRow NotDecoded(string tensor) => tensor.EndsWith(".rgb_on_white", StringComparison.Ordinal) || tensor == "grey16.rgb"
        ? new GoldenRow(tensor, GoldenVerdict.Skipped, "levels")
        : new GoldenRow(tensor, GoldenVerdict.NotCompared, "", Note: "no picture of pictures.json explains this tensor");
}
