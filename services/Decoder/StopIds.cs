using System.Text.Json;
using Platform.Model;
using Platform.Text;

namespace Platform.Decoder;

/// <summary>
/// The ids that end an answer: what the generation config says, and the end token of the tokenizer's own config. <c>config.json</c> alone
/// names the end of a text but not of a turn, so it only speaks where both are silent.
/// </summary>
internal static class StopIds
{
    private const string TokenizerConfig = "tokenizer_config.json";

    public static IReadOnlyList<int> Of(string checkpointDirectory, ModelConfig config, GenerationConfig generation, Tokenizer tokenizer)
    {
        var ids = new SortedSet<int>(generation.EosTokenIds);
        if (TokenizerEnd(Path.Combine(checkpointDirectory, TokenizerConfig)) is { } end && tokenizer.AddedTokenId(end) is { } id)
            ids.Add(id);
        if (ids.Count == 0)
            ids.UnionWith(config.Text.EosTokenIds);
        return [.. ids];
    }

    // The token stands as a string, or as an object with its content.
    private static string? TokenizerEnd(string path)
    {
        if (!File.Exists(path))
            return null;
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("eos_token", out var token))
            return null;
        if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content))
            token = content;
        return token.ValueKind == JsonValueKind.String ? token.GetString() : null;
    }
}
