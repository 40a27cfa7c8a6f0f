using Spectre.Console;

namespace Platform.Cli.Bench;

/// <summary>The report at the terminal, 80 columns.</summary>
internal static class TextReport
{
    private const int Width = 80;
    private const int NameWidth = 36;
    private const int ValueWidth = 8;
    private const int UnitWidth = 6;
    private const int RangeWidth = 14;
    private const int BarCells = 6;

    /// <summary>Writes the whole report.</summary>
    public static void Write(IAnsiConsole console, BenchReport report)
    {
        console.WriteLine();
        Heading(console, $"platform bench · {report.Title}");
        foreach (var (name, value) in report.Facts)
            console.MarkupLine($"[grey]{name,-16}[/]{Markup.Escape(Fit(value, Width - 16))}");
        WriteCeilings(console, report.Ceilings);
        foreach (var section in report.Rows.GroupBy(row => row.Section))
        {
            console.WriteLine();
            var hasShares = section.Any(row => row.Shares is not null);
            Heading(console, section.Key, hasShares ? "of roofline" : "");
            foreach (var row in section)
                console.MarkupLine(Line(row));
        }

        console.WriteLine();
        foreach (var note in report.Notes)
            console.Write(new Padder(new Markup($"[grey]{Markup.Escape(note)}[/]"), new Padding(0, 0)));
    }

    /// <summary>One result as a line of markup.</summary>
    internal static string Line(BenchRow row)
    {
        var name = Markup.Escape(Fit(row.Name, NameWidth).PadRight(NameWidth));
        var line = $"{name} [bold]{NumberText.Of(row.Values.Median).PadLeft(ValueWidth)}[/] {row.Unit.PadRight(UnitWidth)}";
        var range = $"[grey]{NumberText.Range(row.Values).PadRight(RangeWidth)}[/]";
        if (row.Shares is { } shares)
            return $"{line} {range} {Bar(shares.Median)}{NumberText.Percent(shares.Median),6}";
        return row.Note is { } note ? $"{line} {range} [grey]{Markup.Escape(note)}[/]" : $"{line} {range}";
    }

    private static void WriteCeilings(IAnsiConsole console, Ceilings ceilings)
    {
        console.WriteLine();
        Heading(console, "what this machine can do");
        foreach (var (name, _, unit, values) in ceilings.All())
        {
            console.MarkupLine(Line(new BenchRow
            {
                Section = "",
                Name = name,
                Unit = unit,
                Values = Samples.Of(values.Values.Select(value => value / 1e9)),
            }));
        }
    }

    private static void Heading(IAnsiConsole console, string left, string right = "")
    {
        var rule = new string('─', Math.Max(1, Width - left.Length - right.Length - (right.Length > 0 ? 2 : 1)));
        console.MarkupLine($"[bold]{Markup.Escape(left)}[/] [grey]{rule}{(right.Length > 0 ? " " : "")}{right}[/]");
    }

    private static string Bar(double part)
    {
        var full = (int)Math.Round(Math.Clamp(part, 0, 1) * BarCells);
        return $"[green]{new string('━', full)}[/][grey]{new string('─', BarCells - full)}[/]";
    }

    private static string Fit(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
