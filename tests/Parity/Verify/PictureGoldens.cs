using Platform.Cli.Verify;

namespace Parity.Verify;

public sealed class PictureGoldens : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("goldens").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Fact]
    public void Passes_every_row_of_picture_decode()
    {
        var rows = PictureDecodeGoldens.Run(Repository.Golden("picture-decode"));

        Assert.DoesNotContain(rows, row => row.Fails);
        Assert.Equal(3, rows.Count(row => row.Verdict == GoldenVerdict.Skipped));
        Assert.Contains(rows, row => row is { Name: "animated.frames", Verdict: GoldenVerdict.Passed, MaxError: 0 });
        Assert.Contains(rows, row => row is { Name: "grey16.rgb_high_byte", Verdict: GoldenVerdict.Passed });
        Assert.Contains(rows, row => row is { Name: "too-thin.smart_resize", Verdict: GoldenVerdict.Passed });
    }

    [Fact]
    public void Passes_every_row_of_image_preprocess()
    {
        var rows = ImagePreprocessGoldens.Run(Repository.Golden("image-preprocess"));

        Assert.DoesNotContain(rows, row => row.Fails);
        Assert.Equal(4 * 5 + 20, rows.Count(row => row.Verdict is GoldenVerdict.Passed or GoldenVerdict.Input));
        Assert.All(rows.Where(row => row.Name.EndsWith(".resized_rgb", StringComparison.Ordinal)), row => Assert.Equal(0, row.MaxError));
    }

    [Fact]
    public void Fails_when_a_sample_a_size_or_a_tensor_is_not_ours()
    {
        CopyGolden("picture-decode");
        var json = Path.Combine(_copy, "pictures.json");
        File.WriteAllText(json, File.ReadAllText(json)
            .Replace("\"name\": \"exif1\"", "\"name\": \"exif2\"", StringComparison.Ordinal)
            .Replace("3648", "3680", StringComparison.Ordinal));

        var failing = PictureDecodeGoldens.Run(_copy).Where(row => row.Fails).ToList();

        Assert.Contains(failing, row => row is { Name: "exif2.rgb", Verdict: GoldenVerdict.Failed });
        Assert.Contains(failing, row => row is { Name: "thin.smart_resize", Note: "found [3648, 32], needed [3680, 32]" });
        Assert.Contains(failing, row => row is { Name: "exif1.rgb", Verdict: GoldenVerdict.NotCompared });
    }

    [Fact]
    public void Fails_when_pixel_values_or_cases_are_not_ours()
    {
        CopyGolden("image-preprocess");
        var json = Path.Combine(_copy, "golden.json");
        File.WriteAllText(json, File.ReadAllText(json)
            .Replace("\"mean\": [\n   0.5", "\"mean\": [\n   0.25", StringComparison.Ordinal)
            .Replace("3520", "3552", StringComparison.Ordinal)
            .Replace("1.0666666666666667", "1.0666666666666669", StringComparison.Ordinal));

        var failing = ImagePreprocessGoldens.Run(_copy).Where(row => row.Fails).Select(row => row.Name).ToList();

        Assert.Contains("image0.pixel_values", failing);
        Assert.Contains("video0.pixel_values_videos (from rgb)", failing);
        Assert.Contains("smart_resize 16x3000", failing);
        Assert.Contains("timestamps [0, 8, 16, 24, 32]", failing);
    }

    private void CopyGolden(string name)
    {
        foreach (var file in Directory.GetFiles(Repository.Golden(name)))
            File.Copy(file, Path.Combine(_copy, Path.GetFileName(file)));
    }
}
