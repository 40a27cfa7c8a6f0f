using System.Globalization;

namespace Platform.Cli.Bench;

/// <summary>Repeated measurements of one number.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public double Median => Sorted[_values.Count / 2];

    public double Least => Sorted[0];

    public double Most => Sorted[^1];

    private List<double> Sorted => [.. _values.Order()];

    public void Add(double value) => _values.Add(value);

    /// <summary>Median, and the range when there is one.</summary>
    public string Text(string format, double scale = 1)
    {
        string Number(double value) => (value * scale).ToString(format, CultureInfo.InvariantCulture);
        return _values.Count == 1 ? Number(Median) : $"{Number(Median)} ({Number(Least)} to {Number(Most)})";
    }
}
