using System.Globalization;
using System.Text.Json;

namespace Platform.Text;

/// <summary>Reads what tokenizer_config.json adds: further added tokens, and the split expression of newer files.</summary>
internal static class TokenizerConfigReader
{
    private const int EndOfTextOfQwen3 = 151_643;

    /// <summary>Adds <c>added_tokens_decoder</c>; returns <c>pretokenize_regex</c>, or null.</summary>
    public static string? Read(byte[] json, string file, AddedTokenCollection added)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new TokenizerException($"{file}: holds {root.ValueKind}, not an object. Fetch the file again.");
        if (root.TryGetProperty("added_tokens_decoder", out var tokens))
            ReadTokens(tokens, file, added);
        return root.TryGetProperty("pretokenize_regex", out var expression) && expression.ValueKind == JsonValueKind.String
            ? expression.GetString()
            : null;
    }

    /// <summary>
    /// The split of a tokenizer that has no tokenizer.json, in this order: the configuration's expression; Qwen3's, if
    /// <c>&lt;|endoftext|&gt;</c> has the id that it has in Qwen2 and Qwen3; Qwen3.5's.
    /// </summary>
    public static SplitRule Split(string? expression, AddedTokenCollection added)
    {
        if (expression is not null)
            return SplitExpressions.Require(expression, "tokenizer_config.json");
        return added.Contains(EndOfTextOfQwen3, "<|endoftext|>") ? SplitRule.Qwen3 : SplitRule.Qwen35;
    }

    private static void ReadTokens(JsonElement tokens, string file, AddedTokenCollection added)
    {
        if (tokens.ValueKind != JsonValueKind.Object)
            throw new TokenizerException($"{file}: 'added_tokens_decoder' is {tokens.ValueKind}, not an object. Fetch the file again.");
        foreach (var token in tokens.EnumerateObject())
        {
            if (!int.TryParse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                throw new TokenizerException(
                    $"{file}: the key '{token.Name}' of 'added_tokens_decoder' is not an id. Fetch the file again.");
            }
            added.Add(AddedTokenReader.Read(token.Value, id, file), file);
        }
    }
}
