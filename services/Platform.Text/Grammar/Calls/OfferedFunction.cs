using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>A function that may be called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pointer">Where its parameters stand in the list of tools.</param>
/// <param name="Parameters">The schema of its parameters, or null: it has none.</param>
/// <param name="Strict">Whether arguments that break the schema are excluded for sure.</param>
internal sealed record OfferedFunction(string Name, string Pointer, JsonElement? Parameters, bool Strict)
{
    /// <summary>The functions of a list of tools.</summary>
    /// <exception cref="GrammarException">The list is malformed, or a name cannot stand in a call.</exception>
    public static IReadOnlyList<OfferedFunction> Of(JsonElement? tools)
    {
        if (tools is not { ValueKind: JsonValueKind.Array } list)
            return [];
        return [.. list.EnumerateArray().Select(Read)];
    }

    private static OfferedFunction Read(JsonElement tool, int index)
    {
        string pointer = $"#/{index}";
        if (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function))
            pointer += "/function";
        else
            function = tool;
        if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
            throw new GrammarException($"The tool at {pointer} has no name. Give it one.", "name", pointer);
        CallNames.Require(name.GetString()!, "name", pointer);
        bool strict = function.TryGetProperty("strict", out var said) && said.ValueKind == JsonValueKind.True;
        var parameters = function.TryGetProperty("parameters", out var schema) && schema.ValueKind != JsonValueKind.Null ? schema : (JsonElement?)null;
        return new OfferedFunction(name.GetString()!, $"{pointer}/parameters", parameters, strict);
    }
}
