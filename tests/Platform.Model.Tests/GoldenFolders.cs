namespace Platform.Model.Tests;

/// <summary>Finds the golden checkpoints of the repository.</summary>
internal static class GoldenFolders
{
    public static string Repository { get; } = FindRepository();

    public static string Path(string name) => System.IO.Path.Combine(Repository, "tests", "Parity", "goldens", name);

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No Platform.sln above the test's folder.");
    }
}
