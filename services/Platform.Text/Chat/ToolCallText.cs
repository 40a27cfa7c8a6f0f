using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Writes the tool calls of an assistant message.</summary>
internal static class ToolCallText
{
    public static void Write(PromptBuilder prompt, ChatTemplate template, JsonElement message, int index, bool afterContent)
    {
        if (JsonText.Get(message, "tool_calls") is not { } calls || !HasCalls(calls, index))
            return;
        bool first = true;
        foreach (var call in calls.EnumerateArray())
        {
            if (!first)
                prompt.Trusted("\n");
            else if (afterContent)
                prompt.Trusted("\n\n");
            WriteCall(prompt, template, JsonText.Get(call, "function") ?? call, index);
            first = false;
        }
    }

    private static bool HasCalls(JsonElement calls, int index)
    {
        if (calls.ValueKind == JsonValueKind.String && JsonText.String(calls).Length > 0)
            throw new ChatRenderException("'tool_calls' is a string. It must be a list of calls.", index);
        return calls.ValueKind == JsonValueKind.Array;
    }

    private static void WriteCall(PromptBuilder prompt, ChatTemplate template, JsonElement function, int index)
    {
        if (JsonText.Get(function, "name") is not { ValueKind: JsonValueKind.String } name)
            throw new ChatRenderException("A tool call has no 'name', or one that is no string.", index);
        prompt.Trusted("<tool_call>\n<function=");
        prompt.Untrusted(JsonText.String(name));
        prompt.Trusted(">\n");
        if (JsonText.Get(function, "arguments") is { } arguments)
            WriteArguments(prompt, template, arguments, index);
        prompt.Trusted("</function>\n</tool_call>");
    }

    private static void WriteArguments(PromptBuilder prompt, ChatTemplate template, JsonElement arguments, int index)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
            throw new ChatRenderException("Can only get item pairs from a mapping: the arguments of a tool call must be an object.", index);
        foreach (var (name, value) in JsonText.Properties(arguments))
        {
            prompt.Trusted("<parameter=");
            prompt.Untrusted(name);
            prompt.Trusted(">\n");
            prompt.Untrusted(Value(template, value));
            prompt.Trusted("\n</parameter>\n");
        }
    }

    private static string Value(ChatTemplate template, JsonElement value)
    {
        bool asJson = template == ChatTemplate.Qwen36
            ? value.ValueKind != JsonValueKind.String
            : value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        return asJson ? PythonJson.Dumps(value) : PythonText.Str(value);
    }
}
