using System.Globalization;
using System.Net;
using System.Text;

namespace Platform.Cli.Bench;

/// <summary>The report as one page that needs nothing else: charts are inline, colours follow the reader's light or dark setting.</summary>
internal static class HtmlReport
{
    /// <summary>Well-formed HTML.</summary>
    public static string Of(BenchReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>platform bench: {Text(report.Title)}</title>
            <style>{HtmlStyle.Sheet}</style>
            </head>
            <body><main>
            <header><p class="kind">platform bench</p><h1>{Text(report.Title)}</h1>
            <p class="lead">{Text(Lead(report))}</p></header>
            {Tiles(report.Ceilings)}

            """);
        foreach (var section in report.Rows.GroupBy(row => row.Section))
            AppendSection(page, section.Key, [.. section]);
        AppendFacts(page, report);
        page.Append("</main></body>\n</html>\n");
        return page.ToString();
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Lead(BenchReport report) => string.Join(
        " · ", report.Facts.Where(fact => fact.Name is "machine" or "weights" or "keys and values" or "threads").Select(fact => fact.Name == "threads" ? $"{fact.Value} threads" : fact.Value));

    private static string Tiles(Ceilings ceilings)
    {
        var tiles = new StringBuilder("<section class=\"tiles\">");
        foreach (var (name, _, unit, values) in ceilings.All().Where(ceiling => ceiling.Key != "read_small_pages_bytes_per_second"))
        {
            tiles.Append(
                CultureInfo.InvariantCulture,
                $"<div><b>{NumberText.Of(values.Median / 1e9)}</b><i>{unit}</i><span>{Text(name)}</span></div>");
        }

        return tiles.Append("</section>").ToString();
    }

    private static void AppendSection(StringBuilder page, string name, IReadOnlyList<BenchRow> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section><h2>{Text(name)}</h2>\n");
        var charted = rows.Where(row => row.Unit is "tok/s" or "ms" or "x").GroupBy(row => row.Unit).Where(group => group.Count() > 1).ToList();
        foreach (var sameUnit in charted)
            page.Append(BarChart.Of([.. sameUnit], sameUnit.Key));
        List<BenchRow> others = [.. rows.Except(charted.SelectMany(group => group))];
        if (others.Count > 0)
            page.Append(Table(others));
        page.Append("</section>\n");
    }

    private static string Table(IEnumerable<BenchRow> rows)
    {
        var table = new StringBuilder("<table class=\"rows\">");
        foreach (var row in rows)
        {
            table.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th>{Text(row.Name)}</th><td><b>{NumberText.Of(row.Values.Median)}</b> {Text(row.Unit)}</td><td class=\"dim\">{NumberText.Range(row.Values)}</td><td class=\"dim\">{Text(row.Note ?? "")}</td></tr>");
        }

        return table.Append("</table>\n").ToString();
    }

    private static void AppendFacts(StringBuilder page, BenchReport report)
    {
        page.Append("<section><h2>what was measured</h2><table class=\"facts\">");
        foreach (var (name, value) in report.Facts)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td>{Text(value)}</td></tr>");
        page.Append("</table>");
        page.Append("<p class=\"dim\">Each bar is the median of its rounds, the thin line its range. The mark is the roofline: what the machine would reach if only its memory or its arithmetic were the limit, measured beside each round.</p>");
        foreach (var note in report.Notes)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"dim\">{Text(note)}</p>");
        page.Append("</section>\n");
    }
}
