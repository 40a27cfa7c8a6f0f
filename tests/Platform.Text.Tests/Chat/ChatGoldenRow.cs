using System.Text.Json;
using Platform.Text.Chat;

namespace Platform.Text.Tests.Chat;

/// <summary>One row of the rendered conversations, with what each template must make of it.</summary>
public sealed record ChatGoldenRow(string Name, JsonElement Json)
{
    public static readonly string[] Templates = ["qwen3.5", "qwen3.5-small", "qwen3.6"];

    public static IReadOnlyList<ChatGoldenRow> All { get; } = [.. Read()];

    /// <summary>The expected prompt, or null where the template refuses.</summary>
    public string? Expected(string template)
    {
        var expected = Json.GetProperty("expected").GetProperty(template);
        return expected.ValueKind == JsonValueKind.String ? expected.GetString() : null;
    }

    public ChatPrompt Prompt() => new()
    {
        Messages = Json.GetProperty("messages"),
        Tools = Json.TryGetProperty("tools", out var tools) ? tools : null,
        AddGenerationPrompt = Json.GetProperty("add_generation_prompt").GetBoolean(),
        EnableThinking = Switch("enable_thinking"),
        PreserveThinking = Switch("preserve_thinking"),
        AddVisionId = Switch("add_vision_id") ?? false,
    };

    private bool? Switch(string name)
    {
        if (!Json.TryGetProperty("kwargs", out var variables) || !variables.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
    }

    private static IEnumerable<ChatGoldenRow> Read()
    {
        foreach (string line in File.ReadLines(Repository.Golden("chat", "qwen35.jsonl")))
        {
            var json = JsonElement.Parse(line);
            yield return new ChatGoldenRow(json.GetProperty("name").GetString()!, json);
        }
    }
}
