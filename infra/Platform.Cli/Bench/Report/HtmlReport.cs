namespace Platform.Cli.Bench;

/// <summary>The report as one page.</summary>
internal static class HtmlReport
{
    public static string Of(BenchReport report) => report.Title;
}
