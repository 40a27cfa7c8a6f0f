using System.Globalization;

namespace Platform.Cli.Bench;

/// <summary>Repeated measurements of one number.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    /// <summary>In the order they were taken.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>The middle one; of an even number the mean of the middle two.</summary>
    public double Median
    {
        get
        {
            var sorted = Sorted;
            var middle = sorted.Count / 2;
            return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public double Least => _values.Min();

    public double Most => _values.Max();

    private List<double> Sorted => [.. _values.Order()];

    public static Samples Of(params IEnumerable<double> values)
    {
        var samples = new Samples();
        foreach (var value in values)
            samples.Add(value);
        return samples;
    }

    public void Add(double value) => _values.Add(value);

    /// <summary>The value below which a part of the samples lies: the nearest one above.</summary>
    /// <param name="part">0 to 1.</param>
    public double Percentile(double part) => Sorted[Math.Clamp((int)Math.Ceiling(part * Count) - 1, 0, Count - 1)];

    /// <summary>Median, and the range when there is one.</summary>
    public string Text(string format, double scale = 1)
    {
        string Number(double value) => (value * scale).ToString(format, CultureInfo.InvariantCulture);
        return _values.Count == 1 ? Number(Median) : $"{Number(Median)} ({Number(Least)} to {Number(Most)})";
    }
}
