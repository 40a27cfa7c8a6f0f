using System.Globalization;
using Spectre.Console;

namespace Platform.Cli.Verify;

/// <summary>The verification as a person reads it.</summary>
internal static class GoldenTable
{
    // Narrower terminals do without the column that says how a row was compared.
    private const int WideColumns = 110;

    // Wide enough for the names of states and routers; those of gradients are folded. All columns of a narrow table fit 80 characters.
    private const int NameColumns = 30;
    private const int VerdictColumns = 13;

    public static Table Render(string title, IReadOnlyList<GoldenRow> rows)
    {
        var wide = AnsiConsole.Profile.Width >= WideColumns;
        var table = new Table
        {
            Title = new TableTitle(Markup.Escape(title)),
            Caption = new TableTitle("largest and mean error, and the error allowed"),
            Border = TableBorder.Rounded,
        };
        table.AddColumn(wide ? new TableColumn("golden") : new TableColumn("golden").Width(NameColumns));
        if (wide)
            table.AddColumn("compared");
        foreach (var number in (string[])["max", "mean", "allowed"])
            table.AddColumn(new TableColumn(number).RightAligned().NoWrap());
        table.AddColumn(wide ? new TableColumn("verdict") : new TableColumn("verdict").Width(VerdictColumns));
        foreach (var row in rows)
            table.AddRow([.. Cells(row, wide)]);
        return table;
    }

    private static IEnumerable<Markup> Cells(GoldenRow row, bool wide)
    {
        yield return new Markup(Markup.Escape(row.Name));
        if (wide)
            yield return new Markup(Markup.Escape(row.Comparison));
        yield return new Markup(Number(row.MaxError));
        yield return new Markup(Number(row.MeanError));
        yield return new Markup(Number(row.Tolerance));
        yield return new Markup(Verdict(row.Verdict) + (row.Note is { } note && (wide || row.Fails) ? " " + Markup.Escape(note) : ""));
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
