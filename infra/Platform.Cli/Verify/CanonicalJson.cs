using System.Text.Json;

namespace Platform.Cli.Verify;

/// <summary>One spelling for equal JSON: keys sorted, the last of a repeated key, numbers by their digits as written.</summary>
internal static class CanonicalJson
{
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Object(value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Of(property.Value)))),
        JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Of)) + "]",
        JsonValueKind.String => String(value.GetString()),
        _ => value.GetRawText(),
    };

    /// <summary>An object of values that are canonical already.</summary>
    public static string Object(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in properties)
            last[name] = value;
        return "{" + string.Join(",", last.Select(pair => $"{String(pair.Key)}:{pair.Value}")) + "}";
    }

    public static string String(string? text) => JsonSerializer.Serialize(text);
}
