using System.Text.Json;

namespace Platform.Text.Output;

/// <summary>Reads the types that a JSON schema allows for one parameter.</summary>
internal sealed class ParameterSchema(JsonElement root)
{
    private const int MaxDepth = 32;

    /// <summary>The types of <paramref name="schema"/>; a cyclic or dangling reference counts as no type.</summary>
    public ParameterTypes TypesOf(JsonElement schema)
    {
        var types = Declared(schema, [], 0);
        return types == ParameterTypes.None ? ParameterTypes.Untyped : types;
    }

    private ParameterTypes Declared(JsonElement schema, HashSet<string> references, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
            return ParameterTypes.None;
        var types = Named(schema);
        if (types == ParameterTypes.None)
            types = Referenced(schema, references, depth);
        if (types == ParameterTypes.None)
            types = Combined(schema, references, depth);
        if (types == ParameterTypes.None)
            types = Enumerated(schema);
        if (!schema.TryGetProperty("nullable", out var nullable) || nullable.ValueKind != JsonValueKind.True)
            return types;
        return ParameterTypes.Null | (types == ParameterTypes.None ? ParameterTypes.Untyped : types);
    }

    private static ParameterTypes Named(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
            return ParameterTypes.None;
        if (type.ValueKind == JsonValueKind.String)
            return OfName(type);
        var types = ParameterTypes.None;
        if (type.ValueKind == JsonValueKind.Array)
        {
            foreach (var name in type.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String))
                types |= OfName(name);
        }

        return types;
    }

    private static ParameterTypes OfName(JsonElement name) =>
        name.ValueEquals("string") ? ParameterTypes.String
        : name.ValueEquals("integer") || name.ValueEquals("number") ? ParameterTypes.Number
        : name.ValueEquals("boolean") ? ParameterTypes.Boolean
        : name.ValueEquals("object") || name.ValueEquals("array") ? ParameterTypes.Structure
        : name.ValueEquals("null") ? ParameterTypes.Null
        : ParameterTypes.None;

    private ParameterTypes Referenced(JsonElement schema, HashSet<string> references, int depth)
    {
        if (!schema.TryGetProperty("$ref", out var reference) || reference.ValueKind != JsonValueKind.String)
            return ParameterTypes.None;
        string pointer = reference.GetString() ?? string.Empty;
        if (!references.Add(pointer))
            return ParameterTypes.None;
        var types = Resolve(pointer) is { } target ? Declared(target, references, depth + 1) : ParameterTypes.None;
        references.Remove(pointer);
        return types;
    }

    private JsonElement? Resolve(string pointer)
    {
        if (!pointer.StartsWith('#'))
            return null;
        var target = root;
        foreach (string step in pointer[1..].Split('/').Skip(1))
        {
            string key = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (Step(target, key) is not { } next)
                return null;
            target = next;
        }

        return target;
    }

    private static JsonElement? Step(JsonElement target, string key)
    {
        if (target.ValueKind == JsonValueKind.Object && target.TryGetProperty(key, out var property))
            return property;
        if (target.ValueKind == JsonValueKind.Array && int.TryParse(key, out int index) && index >= 0 && index < target.GetArrayLength())
            return target[index];
        return null;
    }

    private ParameterTypes Combined(JsonElement schema, HashSet<string> references, int depth)
    {
        var types = ParameterTypes.None;
        foreach (string union in (string[])["anyOf", "oneOf"])
        {
            if (!schema.TryGetProperty(union, out var members) || members.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var member in members.EnumerateArray())
            {
                var inner = Declared(member, references, depth + 1);
                types |= inner == ParameterTypes.None ? ParameterTypes.Untyped : inner;
            }
        }

        return types == ParameterTypes.None ? FirstOfAll(schema, references, depth) : types;
    }

    /// <summary>Every member of <c>allOf</c> holds, so the first that names a type settles it.</summary>
    private ParameterTypes FirstOfAll(JsonElement schema, HashSet<string> references, int depth)
    {
        if (!schema.TryGetProperty("allOf", out var members) || members.ValueKind != JsonValueKind.Array)
            return ParameterTypes.None;
        return members.EnumerateArray()
            .Select(member => Declared(member, references, depth + 1))
            .FirstOrDefault(types => types != ParameterTypes.None);
    }

    private static ParameterTypes Enumerated(JsonElement schema)
    {
        var types = schema.TryGetProperty("const", out var constant) ? OfValue(constant) : ParameterTypes.None;
        if (schema.TryGetProperty("enum", out var members) && members.ValueKind == JsonValueKind.Array)
        {
            foreach (var member in members.EnumerateArray())
                types |= OfValue(member);
        }

        return types;
    }

    private static ParameterTypes OfValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => ParameterTypes.String,
        JsonValueKind.Number => ParameterTypes.Number,
        JsonValueKind.True or JsonValueKind.False => ParameterTypes.Boolean,
        JsonValueKind.Object or JsonValueKind.Array => ParameterTypes.Structure,
        _ => ParameterTypes.Null,
    };
}
