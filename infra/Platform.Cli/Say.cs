using Spectre.Console;

namespace Platform.Cli;

/// <summary>One line to the person at the terminal; text is shown as it is, never read as markup.</summary>
internal static class Say
{
    /// <summary>What went wrong and what to do.</summary>
    public static void Problem(string text) => Line("red", text);

    /// <summary>An aside.</summary>
    public static void Note(string text) => Line("grey", text);

    private static void Line(string colour, string text) => AnsiConsole.MarkupLine($"[{colour}]{Markup.Escape(text)}[/]");
}
