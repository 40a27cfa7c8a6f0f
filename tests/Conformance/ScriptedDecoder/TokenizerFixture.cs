namespace Conformance.ScriptedDecoder;

/// <summary>Finds the small vocabulary that ships with the repository.</summary>
public static class TokenizerFixture
{
    /// <summary>A folder with tokenizer files in Qwen's layout.</summary>
    public static string Tiny35Directory { get; } = Path.Combine(RepositoryRoot(), "tests", "Parity", "goldens", "tokenizer", "tiny35");

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No Platform.sln above {AppContext.BaseDirectory}: run tests from inside the repository.");
    }
}
