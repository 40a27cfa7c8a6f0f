using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Models;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>
/// Reads how the model shall reason. Several spellings are in use; the plainest wins: <c>reasoning_mode</c>, then <c>enable_thinking</c>, then
/// the same in <c>chat_template_kwargs</c>, then <c>reasoning_effort</c> none. A spelling that lost against another value is told in a warning.
/// </summary>
internal static class ReasoningReader
{
    private const int MaxTemplateBytes = 4096;
    private static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    public static ReasoningRequest Read(FieldReader fields, bool endsWithAssistant, Warnings warnings)
    {
        var template = Template(fields);
        var effort = Effort(fields) ?? (template is null ? null : Effort(template)) ?? "";
        var request = new ReasoningRequest
        {
            Mode = Mode(fields, template, effort, warnings),
            Budget = (int?)fields.Integer("thinking_budget", 0, int.MaxValue) ?? (int?)template?.Integer("thinking_budget", 0, int.MaxValue),
            Effort = effort,
            AddVisionId = fields.Boolean("add_vision_id") ?? template?.Boolean("add_vision_id") ?? false,
            PreserveThinking = fields.Boolean("preserve_thinking") ?? template?.Boolean("preserve_thinking"),
            ContinueFinalMessage = fields.Boolean("continue_final_message") ?? false,
        };
        template?.WarnOfUnread();
        var addPrompt = fields.Boolean("add_generation_prompt");
        if (request.ContinueFinalMessage && (addPrompt == true || !endsWithAssistant))
        {
            throw ApiException.Invalid(
                "'continue_final_message' is true, so the last message must be an assistant's and 'add_generation_prompt' not true. " +
                "End the messages with the text to continue.",
                "continue_final_message");
        }

        return request with { AddGenerationPrompt = addPrompt ?? !request.ContinueFinalMessage };
    }

    private static FieldReader? Template(FieldReader fields)
    {
        const string name = "chat_template_kwargs";
        if (fields.Find(name) is not { ValueKind: JsonValueKind.Object } value)
            return fields.Object(name);
        if (value.GetRawText().Length > MaxTemplateBytes)
            throw ApiException.Invalid($"'{name}' is longer than {MaxTemplateBytes} characters. Send only the switches that the template knows.", name);
        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                throw fields.Wrong($"{name}.{JsonWords.Shorten(entry.Name)}", entry.Value, "a string, a number, true or false");
        }

        return fields.Object(name);
    }

    private static string? Effort(FieldReader fields)
    {
        if (fields.Find("reasoning_effort") is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && Array.Find(Efforts, value.ValueEquals) is { } effort
            ? effort
            : throw fields.Wrong("reasoning_effort", value, $"one of {string.Join(", ", Efforts)}");
    }

    private static ReasoningMode Mode(FieldReader fields, FieldReader? template, string effort, Warnings warnings)
    {
        (string Name, ReasoningMode? Value)[] spellings =
        [
            ("reasoning_mode", Named(fields)),
            ("enable_thinking", Switch(fields.Boolean("enable_thinking"))),
            ("chat_template_kwargs.enable_thinking", Switch(template?.Boolean("enable_thinking"))),
            ("reasoning_effort", effort == "none" ? ReasoningMode.Fast : null),
        ];
        var said = spellings.Where(spelling => spelling.Value is not null).ToList();
        if (said.Count == 0)
            return ReasoningMode.Default;
        foreach (var lost in said.Skip(1).Where(spelling => spelling.Value != said[0].Value))
            warnings.Add($"{lost.Name} overruled by {said[0].Name}");
        return said[0].Value!.Value;
    }

    private static ReasoningMode? Named(FieldReader fields)
    {
        const string name = "reasoning_mode";
        if (fields.Find(name) is not { } value)
            return null;
        return (value.ValueKind == JsonValueKind.String ? ReasoningModeNames.Parse(value.GetString()!) : null)
            ?? throw fields.Wrong(name, value, $"{ReasoningModeNames.All}");
    }

    private static ReasoningMode? Switch(bool? thinking) => thinking switch
    {
        true => ReasoningMode.Thinking,
        false => ReasoningMode.Fast,
        null => null,
    };
}
