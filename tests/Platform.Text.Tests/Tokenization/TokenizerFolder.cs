using System.Text.Json.Nodes;

namespace Platform.Text.Tests.Tokenization;

/// <summary>A temporary folder with tiny35's files, to be damaged.</summary>
internal sealed class TokenizerFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tokenizer").FullName;

    public string TokenizerJson => Path.Combine(Folder, "tokenizer.json");

    public static JsonObject Tiny35() => JsonNode.Parse(File.ReadAllText(Path.Combine(Tokenizers.Tiny35Folder, "tokenizer.json")))!.AsObject();

    public static string Tiny35Config() => File.ReadAllText(Path.Combine(Tokenizers.Tiny35Folder, "tokenizer_config.json"));

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>Writes vocab.json, merges.txt and tokenizer_config.json instead of tokenizer.json.</summary>
    public void WriteVocabularyAndMerges(string lineEnd = "\n", string header = "#version: 0.2")
    {
        var model = Tiny35()["model"]!;
        Write("vocab.json", model["vocab"]!.ToJsonString());
        var lines = model["merges"]!.AsArray().Select(merge => $"{merge![0]} {merge[1]}");
        Write("merges.txt", string.Concat(new[] { header }.Where(line => line.Length > 0).Concat(lines).Select(line => line + lineEnd)));
        Write("tokenizer_config.json", Tiny35Config());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
