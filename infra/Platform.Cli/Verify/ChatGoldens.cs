using System.Text.Json;
using Platform.Text.Chat;

namespace Platform.Cli.Verify;

/// <summary>Compares rendered conversations with stored ones: one row per case and template.</summary>
internal static class ChatGoldens
{
    /// <summary>Verifies a file of one JSON object per line.</summary>
    /// <param name="jsonl">The file; its form is described beside the goldens.</param>
    public static IReadOnlyList<GoldenRow> Run(string jsonl)
    {
        var rows = new List<GoldenRow>();
        int line = 0;
        foreach (string text in File.ReadLines(jsonl))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
                rows.AddRange(Case(text, line));
        }

        return rows;
    }

    private static IEnumerable<GoldenRow> Case(string text, int line)
    {
        JsonElement json;
        string? broken = null;
        try
        {
            json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = 512 });
        }
        catch (JsonException error)
        {
            json = default;
            broken = error.Message;
        }

        if (broken is not null || !json.TryGetProperty("expected", out var expected) || expected.ValueKind != JsonValueKind.Object)
            return [new GoldenRow($"line {line}", GoldenVerdict.NotCompared, "string", Note: broken ?? "no 'expected' object")];
        string name = json.TryGetProperty("name", out var given) ? given.ToString() : $"line {line}";
        return [.. expected.EnumerateObject().Select(column => Compare($"{name} / {column.Name}", column, json))];
    }

    private static GoldenRow Compare(string name, JsonProperty column, JsonElement json)
    {
        ChatTemplate template;
        try
        {
            template = ChatTemplates.Parse(column.Name);
        }
        catch (ChatTemplateException error)
        {
            return new GoldenRow(name, GoldenVerdict.NotCompared, "string", Note: error.Message);
        }

        return column.Value.ValueKind == JsonValueKind.String
            ? CompareText(name, template, column.Value.GetString()!, json)
            : CompareRefusal(name, template, column.Value, json);
    }

    private static GoldenRow CompareText(string name, ChatTemplate template, string expected, JsonElement json)
    {
        try
        {
            string found = ChatRenderer.Render(template, Prompt(json)).Text;
            return found == expected
                ? new GoldenRow(name, GoldenVerdict.Passed, "string")
                : new GoldenRow(name, GoldenVerdict.Failed, "string", Note: StringDifference.Describe(found, expected));
        }
        catch (ChatRenderException error)
        {
            return new GoldenRow(name, GoldenVerdict.Failed, "string", Note: $"refused: {error.Message}");
        }
    }

    private static GoldenRow CompareRefusal(string name, ChatTemplate template, JsonElement expected, JsonElement json)
    {
        try
        {
            ChatRenderer.Render(template, Prompt(json));
            return new GoldenRow(name, GoldenVerdict.Failed, "refusal", Note: $"rendered, but the template refuses: {expected.GetRawText()}");
        }
        catch (ChatRenderException)
        {
            return new GoldenRow(name, GoldenVerdict.Passed, "refusal");
        }
    }

    private static ChatPrompt Prompt(JsonElement json)
    {
        var variables = json.TryGetProperty("kwargs", out var kwargs) ? kwargs : default;
        return new ChatPrompt
        {
            Messages = json.TryGetProperty("messages", out var messages) ? messages : default,
            Tools = json.TryGetProperty("tools", out var tools) ? tools : null,
            AddGenerationPrompt = json.TryGetProperty("add_generation_prompt", out var open) && IsTruthy(open),
            EnableThinking = Switch(variables, "enable_thinking"),
            PreserveThinking = Switch(variables, "preserve_thinking"),
            AddVisionId = Variable(variables, "add_vision_id") is { } numbered && IsTruthy(numbered),
        };
    }

    private static JsonElement? Variable(JsonElement variables, string name) =>
        variables.ValueKind == JsonValueKind.Object && variables.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The templates compare these with true and false; any other value is like none.</summary>
    private static bool? Switch(JsonElement variables, string name) => Variable(variables, name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static bool IsTruthy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => false,
    };
}
