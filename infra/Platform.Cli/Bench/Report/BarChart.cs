using System.Globalization;
using System.Text;

namespace Platform.Cli.Bench;

/// <summary>Bars of one unit as an inline SVG: median, range, and a mark where the roofline lies.</summary>
internal static class BarChart
{
    private const double Width = 720;
    private const double Left = 236;
    private const double Right = 130;
    private const double RowHeight = 30;
    private const double BarHeight = 14;

    /// <summary>The chart.</summary>
    /// <param name="rows">At least one row.</param>
    /// <param name="unit">Of all of them.</param>
    public static string Of(IReadOnlyList<BenchRow> rows, string unit)
    {
        var most = rows.Max(row => Math.Max(row.Values.Most, Roof(row) ?? 0));
        var scale = (Width - Left - Right) / (most > 0 ? most : 1);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Width:0} {rows.Count * RowHeight + 6:0}\" role=\"img\" aria-label=\"{HtmlReport.Text(rows[0].Section)} in {HtmlReport.Text(unit)}\">\n");
        for (var i = 0; i < rows.Count; i++)
            AppendRow(svg, rows[i], i * RowHeight + RowHeight / 2, scale, unit);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Where the roofline lies in the row's unit, from the median part of it that was reached.</summary>
    internal static double? Roof(BenchRow row) => row.Shares is { Median: > 0 } shares ? row.Values.Median / shares.Median : null;

    private static void AppendRow(StringBuilder svg, BenchRow row, double middle, double scale, string unit)
    {
        var end = Left + row.Values.Median * scale;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
            <text class="name" x="{Left - 12:0.#}" y="{middle + 4:0.#}">{HtmlReport.Text(row.Name)}</text>
            <rect class="track" x="{Left:0.#}" y="{middle - BarHeight / 2:0.#}" width="{((Roof(row) ?? row.Values.Median) * scale):0.#}" height="{BarHeight:0.#}" rx="3" />
            <rect class="bar" x="{Left:0.#}" y="{middle - BarHeight / 2:0.#}" width="{row.Values.Median * scale:0.#}" height="{BarHeight:0.#}" rx="3"><title>{HtmlReport.Text(Title(row))}</title></rect>

            """);
        if (row.Values.Count > 1)
            Line("range", Left + row.Values.Least * scale, middle, Left + row.Values.Most * scale, middle);
        if (Roof(row) is { } roof)
            Line("roof", Left + roof * scale, middle - BarHeight / 2 - 4, Left + roof * scale, middle + BarHeight / 2 + 4);
        var after = Math.Max(end, Math.Max(Left + row.Values.Most * scale, Left + (Roof(row) ?? 0) * scale)) + 10;
        var share = row.Shares is { } shares ? $"<tspan class=\"share\" dx=\"8\">{NumberText.Percent(shares.Median)}</tspan>" : "";
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"value\" x=\"{after:0.#}\" y=\"{middle + 4:0.#}\">{NumberText.Of(row.Values.Median)}<tspan class=\"unit\" dx=\"4\">{HtmlReport.Text(unit)}</tspan>{share}</text>\n");

        void Line(string kind, double x1, double y1, double x2, double y2) => svg.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"{kind}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" />\n");
    }

    private static string Title(BenchRow row) =>
        $"{row.Name}: {NumberText.Of(row.Values.Median)} {row.Unit}, {NumberText.Range(row.Values)}{(row.Bound is { } bound ? $", bound by {bound}" : "")}";
}
