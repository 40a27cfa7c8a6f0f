namespace Tests;

/// <summary>Where things lie around a running test or benchmark; compiled into every project of this folder.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A stored reference output, or a folder of them.</summary>
    public static string Golden(params string[] path) => Path.Combine([Root, "tests", "Parity", "goldens", .. path]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException(
            $"No Platform.sln above {AppContext.BaseDirectory}: run this from inside the repository.");
    }
}
