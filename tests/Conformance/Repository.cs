namespace Conformance;

/// <summary>Where things lie around the running test.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the published API description, or null: it lies beside the repository on machines that have it.</summary>
    public static string? OpenApi => Existing(Path.Combine(Root, "..", "shared", "data", "openai-openapi", "openapi.json"));

    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static string? Existing(string path) => File.Exists(path) ? path : null;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No Platform.sln above the test's folder.");
    }
}
