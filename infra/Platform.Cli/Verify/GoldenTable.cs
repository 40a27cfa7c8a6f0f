using System.Globalization;
using Spectre.Console;

namespace Platform.Cli.Verify;

/// <summary>The verification as a person reads it.</summary>
internal static class GoldenTable
{
    public static Table Render(string title, IReadOnlyList<GoldenRow> rows)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(title)), Border = TableBorder.Rounded };
        table.AddColumn("golden");
        table.AddColumn("compared");
        table.AddColumn(new TableColumn("max error").RightAligned());
        table.AddColumn(new TableColumn("mean error").RightAligned());
        table.AddColumn(new TableColumn("tolerance").RightAligned());
        table.AddColumn("verdict");
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                Markup.Escape(row.Comparison),
                Number(row.MaxError),
                Number(row.MeanError),
                Number(row.Tolerance),
                Verdict(row.Verdict) + (row.Note is null ? "" : " " + Markup.Escape(row.Note)));
        }

        return table;
    }

    public static string Summary(IReadOnlyList<GoldenRow> rows)
    {
        var counts = rows.GroupBy(row => row.Verdict).OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {Word(group.Key)}");
        var verdict = Verification.Succeeds(rows) ? "[green bold]passed[/]"
            : rows.Count == 0 ? "[red bold]failed[/]: nothing here is known"
            : "[red bold]failed[/]";
        return $"{verdict}  {string.Join(", ", counts)}";
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        0 => "0",
        { } number => number.ToString("0.0e+0", CultureInfo.InvariantCulture),
    };

    private static string Verdict(GoldenVerdict verdict) => verdict switch
    {
        GoldenVerdict.Passed => "[green]passed[/]",
        GoldenVerdict.Failed or GoldenVerdict.NotCompared => $"[red]{Word(verdict)}[/]",
        _ => $"[grey]{Word(verdict)}[/]",
    };

    private static string Word(GoldenVerdict verdict) => verdict switch
    {
        GoldenVerdict.Passed => "passed",
        GoldenVerdict.Failed => "failed",
        GoldenVerdict.Input => "input",
        GoldenVerdict.Skipped => "skipped",
        GoldenVerdict.NotJudged => "not judged",
        _ => "not compared",
    };
}
