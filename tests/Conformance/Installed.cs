namespace Conformance;

/// <summary>What this machine has beside the .NET SDK.</summary>
internal static class Installed
{
    /// <summary>The published API description, or null: it lies beside the repository on machines that have it.</summary>
    public static string? OpenApi =>
        Path.Combine(Repository.Root, "..", "shared", "data", "openai-openapi", "openapi.json") is var path && File.Exists(path) ? path : null;

    /// <summary>A program of the path, or null.</summary>
    public static string? Program(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
