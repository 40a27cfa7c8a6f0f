namespace Platform.Cli.Bench;

/// <summary>The files a run leaves behind.</summary>
/// <param name="Json">Path of the JSON file, or null.</param>
/// <param name="Html">Path of the page, or null.</param>
internal sealed record BenchOutputs(string? Json, string? Html)
{
    /// <summary>Writes them.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(BenchReport report)
    {
        if (Json is not null)
            File.WriteAllBytes(Json, JsonReport.Of(report));
        if (Html is not null)
            File.WriteAllText(Html, HtmlReport.Of(report));
        foreach (var path in ((string?[])[Json, Html]).OfType<string>())
            Say.Note($"Written: {path}");
    }
}
