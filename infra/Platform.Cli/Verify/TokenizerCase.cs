using System.Text.Json;

namespace Platform.Cli.Verify;

/// <summary>One tokenizer case. A field that is absent equals the one it varies.</summary>
internal sealed class TokenizerCase
{
    private static readonly string[] KnownFields =
    [
        "id", "kind", "text", "utf16", "ids", "ids_plain", "ids_s35", "ids_s35_plain", "pieces_s35", "decoded", "decoded_skip_special",
    ];

    private readonly JsonElement _row;

    private TokenizerCase(JsonElement row)
    {
        _row = row;
        Id = String("id") ?? "?";
        Kind = String("kind") ?? "";
        Text = String("text") ?? string.Concat(row.GetProperty("utf16").EnumerateArray().Select(unit => (char)unit.GetUInt16()));
    }

    public string Id { get; }

    public string Kind { get; }

    /// <summary>The input; may hold half surrogate pairs.</summary>
    public string Text { get; }

    public static TokenizerCase Parse(string line, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return new TokenizerCase(document.RootElement.Clone());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{where}: not a tokenizer case with 'text' or 'utf16': {exception.Message}", exception);
        }
    }

    public bool Has(string field) => _row.TryGetProperty(field, out _);

    public string? String(string field) => _row.TryGetProperty(field, out var value) ? value.GetString() : null;

    public string[] Strings(string field) => [.. _row.GetProperty(field).EnumerateArray().Select(piece => piece.GetString()!)];

    /// <summary>The ids under the first of these fields that is there.</summary>
    public int[] Ids(params string[] fields) =>
        [.. _row.GetProperty(fields.FirstOrDefault(Has) ?? fields[^1]).EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>The decoded text; <c>true</c> stands for the input.</summary>
    public string Decoded()
    {
        var decoded = _row.GetProperty("decoded");
        return decoded.ValueKind == JsonValueKind.True ? Text : decoded.GetString()!;
    }

    public IEnumerable<string> UnknownFields() =>
        _row.EnumerateObject().Select(property => property.Name).Where(name => !KnownFields.Contains(name, StringComparer.Ordinal));
}
