using System.Text.Json;
using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>One spelling for equal JSON: keys sorted, the last of a repeated key, numbers as written.</summary>
internal static class Canonical
{
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", Properties(value)) + "}",
        JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Of)) + "]",
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        _ => value.GetRawText(),
    };

    public static string Of(string json) => Of(JsonElement.Parse(json));

    /// <summary>The form of the stored expectations.</summary>
    public static string Of(ParsedOutput output) =>
        "{" + $"\"content\":{JsonSerializer.Serialize(output.Content)}"
        + $",\"finish_reason\":{JsonSerializer.Serialize(output.FinishReason)}"
        + $",\"reasoning\":{JsonSerializer.Serialize(output.Reasoning)}"
        + ",\"tool_calls\":[" + string.Join(",", output.ToolCalls.Select(Of)) + "]}";

    private static string Of(ParsedToolCall call) =>
        $"{{\"arguments\":{Of(call.Arguments)},\"name\":{JsonSerializer.Serialize(call.Name)}}}";

    private static IEnumerable<string> Properties(JsonElement value)
    {
        var last = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
            last[property.Name] = property.Value;
        return last.Select(pair => $"{JsonSerializer.Serialize(pair.Key)}:{Of(pair.Value)}");
    }
}
