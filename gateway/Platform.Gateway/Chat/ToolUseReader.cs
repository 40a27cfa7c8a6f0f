using System.Globalization;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;

namespace Platform.Gateway.Chat;

/// <summary>Reads <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
internal static class ToolUseReader
{
    private const string Name = "tool_choice";
    private const int MaxAllowed = 1024;
    private const string Rule =
        "\"none\", \"auto\", \"required\", {\"type\": \"function\", \"function\": {\"name\": ...}} or {\"type\": \"allowed_tools\", \"allowed_tools\": {\"mode\": ..., \"tools\": [...]}}";

    public static ToolUse Read(FieldReader fields, JsonElement? tools)
    {
        bool single = fields.Boolean("parallel_tool_calls") == false;
        if (fields.Find(Name) is not { } choice)
            return new ToolUse(true, false, null, single);
        var use = choice.ValueKind == JsonValueKind.Object ? ReadObject(fields, single) : ReadWord(fields, choice, single);
        if (tools is null && (use.Required || use.Functions is not null))
            throw ApiException.Invalid($"'{Name}' asks for a call, but there are no 'tools'. Send the tools, or leave '{Name}' out.", Name);
        var offered = tools is { } list ? Names(list) : [];
        foreach (var function in use.Functions ?? [])
        {
            if (!offered.Contains(function))
                throw ApiException.Invalid($"'{Name}' names the function '{JsonWords.Shorten(function)}', which is not among the 'tools'. Offer it, or name another.", Name);
        }

        return use;
    }

    private static ToolUse ReadWord(FieldReader fields, JsonElement choice, bool single)
    {
        if (choice.ValueKind == JsonValueKind.String)
        {
            switch (choice.GetString())
            {
                case "auto":
                    return new ToolUse(true, false, null, single);
                case "none":
                    return new ToolUse(false, false, null, single);
                case "required":
                    return new ToolUse(true, true, null, single);
            }
        }

        throw fields.Wrong(Name, choice, Rule);
    }

    private static ToolUse ReadObject(FieldReader fields, bool single)
    {
        var choice = fields.Object(Name)!;
        switch (choice.Text("type"))
        {
            case "function":
                var function = choice.Object("function")?.Text("name")
                    ?? throw ApiException.Invalid($"'{Name}.function.name' is missing. Name the function that must be called.", $"{Name}.function.name");
                return new ToolUse(true, true, [function], Single: true);
            case "allowed_tools":
                return ReadAllowed(choice, single);
            default:
                throw fields.Wrong(Name, fields.Find(Name)!.Value, Rule);
        }
    }

    private static ToolUse ReadAllowed(FieldReader choice, bool single)
    {
        var allowed = choice.Object("allowed_tools")
            ?? throw ApiException.Invalid($"'{Name}.allowed_tools' is missing. Send a mode and a list of tools.", $"{Name}.allowed_tools");
        var mode = allowed.Text("mode");
        if (mode is not ("auto" or "required"))
            throw ApiException.Invalid($"'{Name}.allowed_tools.mode' must be \"auto\" or \"required\". Set it to one of them.", $"{Name}.allowed_tools.mode");
        if (allowed.Array("tools", MaxAllowed, "") is not { } tools || tools.GetArrayLength() == 0)
            throw ApiException.Invalid($"'{Name}.allowed_tools.tools' is missing or empty. List the functions that may be called.", $"{Name}.allowed_tools.tools");
        var names = new List<string>();
        foreach (var tool in tools.EnumerateArray())
        {
            names.Add(NameOf(tool) ?? throw ApiException.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"'{Name}.allowed_tools.tools[{names.Count}]' names no function. Write {{\"type\": \"function\", \"function\": {{\"name\": ...}}}}."),
                $"{Name}.allowed_tools.tools"));
        }

        return new ToolUse(true, mode == "required", names, single);
    }

    private static HashSet<string> Names(JsonElement tools) => [.. tools.EnumerateArray().Select(NameOf).OfType<string>()];

    private static string? NameOf(JsonElement tool) =>
        tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
}
