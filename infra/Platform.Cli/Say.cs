using Spectre.Console;

namespace Platform.Cli;

/// <summary>One line to the person at the terminal; text is shown as it is, never read as markup.</summary>
internal static class Say
{
    private static readonly IAnsiConsole Errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>What went wrong and what to do.</summary>
    public static void Problem(string text) => Line(Errors, "red", text);

    /// <summary>An aside.</summary>
    public static void Note(string text) => Line(AnsiConsole.Console, "grey", text);

    private static void Line(IAnsiConsole console, string colour, string text) => console.MarkupLine($"[{colour}]{Markup.Escape(text)}[/]");
}
