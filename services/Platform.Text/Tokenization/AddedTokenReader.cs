using System.Text.Json;

namespace Platform.Text;

/// <summary>Reads one added token. Both files write them alike, but for the id.</summary>
internal static class AddedTokenReader
{
    private static readonly string[] UnsupportedFlags = ["single_word", "lstrip", "rstrip", "normalized"];

    /// <summary>A token of tokenizer.json, which says its id.</summary>
    public static AddedToken Read(JsonElement token, string file)
    {
        if (token.ValueKind != JsonValueKind.Object || !token.TryGetProperty("id", out var number)
            || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var id))
        {
            throw new TokenizerException($"{file}: an added token has no whole number 'id'. Fetch the file again.");
        }
        return Read(token, id, file);
    }

    public static AddedToken Read(JsonElement token, int id, string file)
    {
        if (token.ValueKind != JsonValueKind.Object || !token.TryGetProperty("content", out var content)
            || content.ValueKind != JsonValueKind.String)
        {
            throw new TokenizerException($"{file}: the added token with id {id} has no string 'content'. Fetch the file again.");
        }
        foreach (var flag in UnsupportedFlags)
        {
            if (Flag(token, flag, file))
            {
                throw new TokenizerException(
                    $"{file}: the added token '{content.GetString()}' has '{flag}' set, which no Qwen3 or Qwen3.5 tokenizer uses and we do not support. " +
                    "Set it to false if the checkpoint was trained without it.");
            }
        }
        return new AddedToken(id, content.GetString()!, Flag(token, "special", file));
    }

    private static bool Flag(JsonElement token, string name, string file)
    {
        if (!token.TryGetProperty(name, out var value))
            return false;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new TokenizerException($"{file}: '{name}' of an added token is {value.ValueKind}, not true or false. Fetch the file again."),
        };
    }
}
