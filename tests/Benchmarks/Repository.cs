namespace Benchmarks;

/// <summary>Where the repository lies that this program was built from.</summary>
internal static class Repository
{
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No Platform.sln above the program's folder: run it from the repository.");
    }
}
