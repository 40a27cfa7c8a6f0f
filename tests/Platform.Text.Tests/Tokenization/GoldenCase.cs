using System.Text.Json;

namespace Platform.Text.Tests.Tokenization;

/// <summary>One line of a tokenizer golden file.</summary>
internal sealed record GoldenCase(string Id, string Kind, string Text, JsonElement Row)
{
    public static IReadOnlyList<GoldenCase> Read(string name) =>
        [.. File.ReadLines(Path.Combine(Tokenizers.Goldens, name)).Select(line => From(JsonDocument.Parse(line).RootElement))];

    public int[] Ids(string field) => [.. Row.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())];

    public bool Has(string field) => Row.TryGetProperty(field, out _);

    public override string ToString() => $"{Id} ({Kind})";

    private static GoldenCase From(JsonElement row)
    {
        var text = row.TryGetProperty("text", out var plain)
            ? plain.GetString()!
            : string.Concat(row.GetProperty("utf16").EnumerateArray().Select(unit => (char)unit.GetUInt16()));
        return new GoldenCase(row.GetProperty("id").GetString()!, row.GetProperty("kind").GetString()!, text, row);
    }
}
