using System.Globalization;

namespace Platform.Cli.Bench;

/// <summary>Numbers as a person reads them: three figures, never more.</summary>
internal static class NumberText
{
    /// <summary>Three significant figures; whole from 100 on, with thousands apart from 10,000 on.</summary>
    public static string Of(double value)
    {
        var size = Math.Abs(value);
        var format = size >= 10_000 ? "#,0" : size >= 100 ? "0" : size >= 10 ? "0.0" : size >= 1 ? "0.00" : size == 0 ? "0" : "0.000";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The range, or nothing for a single value.</summary>
    public static string Range(Samples values) => values.Count < 2 ? "" : $"{Of(values.Least)}–{Of(values.Most)}";

    /// <summary>A part as whole percent.</summary>
    public static string Percent(double part) => $"{(part * 100).ToString("0", CultureInfo.InvariantCulture)} %";
}
