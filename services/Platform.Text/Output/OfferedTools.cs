using System.Text.Json;

namespace Platform.Text.Output;

/// <summary>The tools of a request: their names, and the types of their parameters.</summary>
internal sealed class OfferedTools
{
    private readonly Dictionary<string, JsonElement?> _parameters = new(StringComparer.Ordinal);

    public OfferedTools(JsonElement? tools)
    {
        if (tools is not { ValueKind: JsonValueKind.Array } list)
            return;
        foreach (var tool in list.EnumerateArray())
            Add(tool);
    }

    public bool Any => _parameters.Count > 0;

    public bool Contains(string name) => _parameters.ContainsKey(name);

    /// <summary>The types of a parameter; a function or parameter that is not listed takes strings.</summary>
    public ParameterTypes TypesOf(string function, string parameter)
    {
        if (!_parameters.TryGetValue(function, out var schema) || schema is not { ValueKind: JsonValueKind.Object } root)
            return ParameterTypes.String;
        if (!root.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object
            || !properties.TryGetProperty(parameter, out var property))
            return ParameterTypes.String;
        return new ParameterSchema(root).TypesOf(property);
    }

    private void Add(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object)
            return;
        var function = tool.TryGetProperty("function", out var wrapped) ? wrapped : tool;
        if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
            return;
        _parameters[name.GetString() ?? string.Empty] = function.TryGetProperty("parameters", out var parameters) ? parameters : null;
    }
}
