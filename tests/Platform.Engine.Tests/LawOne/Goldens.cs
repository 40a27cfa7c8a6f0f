namespace Platform.Engine.Tests;

/// <summary>Where the stored reference outputs lie.</summary>
internal static class Goldens
{
    public static string Folder(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "tests", "Parity", "goldens", name);
    }
}
