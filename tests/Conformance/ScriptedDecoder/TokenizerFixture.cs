namespace Conformance.ScriptedDecoder;

/// <summary>Finds the small vocabulary that ships with the repository.</summary>
public static class TokenizerFixture
{
    /// <summary>A folder with tokenizer files in Qwen's layout.</summary>
    public static string Tiny35Directory { get; } = Repository.Golden("tokenizer", "tiny35");
}
