namespace Platform.Text.Tests.Chat;

/// <summary>Finds stored reference outputs by walking up to the solution.</summary>
internal static class GoldenFolder
{
    public static string File(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine([folder.FullName, "tests", "Parity", "goldens", .. path]);
    }
}
