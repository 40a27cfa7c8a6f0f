using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>Compares samples and pixel values with golden ones.</summary>
internal static class SampleComparison
{
    /// <summary>8-bit samples: the largest difference in levels is judged.</summary>
    public static GoldenRow Levels(string name, ReadOnlySpan<byte> found, ReadOnlySpan<byte> needed, double tolerance, double? meanInstead = null)
    {
        if (found.Length != needed.Length)
            return OtherCount(name, "levels", found.Length, needed.Length);
        double largest = 0, sum = 0;
        for (var i = 0; i < found.Length; i++)
        {
            var difference = Math.Abs(found[i] - needed[i]);
            largest = Math.Max(largest, difference);
            sum += difference;
        }

        var mean = sum / Math.Max(found.Length, 1);
        var passes = largest <= tolerance || mean <= meanInstead;
        return Judged(name, "levels", passes, largest, mean, tolerance);
    }

    /// <summary>Floats: the largest absolute difference is judged, and a difference that is no number fails.</summary>
    public static GoldenRow Absolute(string name, ReadOnlySpan<float> found, ReadOnlySpan<float> needed, double tolerance)
    {
        if (found.Length != needed.Length)
            return OtherCount(name, "abs", found.Length, needed.Length);
        double largest = 0, sum = 0;
        for (var i = 0; i < found.Length; i++)
        {
            var difference = Math.Abs((double)found[i] - needed[i]);
            if (double.IsNaN(difference))
                difference = double.PositiveInfinity;
            largest = Math.Max(largest, difference);
            sum += difference;
        }

        return Judged(name, "abs", largest <= tolerance, largest, sum / Math.Max(found.Length, 1), tolerance);
    }

    /// <summary>Anything that must be equal, as text.</summary>
    public static GoldenRow Exact(string name, string found, string needed) => found == needed
        ? new GoldenRow(name, GoldenVerdict.Passed, "exact", Tolerance: 0)
        : new GoldenRow(name, GoldenVerdict.Failed, "exact", Tolerance: 0, Note: $"found {found}, needed {needed}");

    /// <summary>The last three sizes of a tensor must be the picture's.</summary>
    public static string? ShapeProblem(TensorEntry needed, int height, int width) =>
        needed.Shape is [.., var h, var w, 3] && h == height && w == width ? null : $"found {height}x{width}x3, needed {needed.ShapeText}";

    private static GoldenRow Judged(string name, string comparison, bool passes, double largest, double mean, double tolerance) => new(
        name, passes ? GoldenVerdict.Passed : GoldenVerdict.Failed, comparison, largest, mean, tolerance, passes ? null : "outside the tolerance");

    private static GoldenRow OtherCount(string name, string comparison, int found, int needed) =>
        new(name, GoldenVerdict.Failed, comparison, Note: $"found {found} values, needed {needed}");
}
