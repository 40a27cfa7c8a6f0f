using System.Text.Json;

namespace Conformance.Api;

/// <summary>
/// Checks JSON against a schema of OpenAI's published description: the keywords that its answers use, with 3.0's <c>nullable</c> read as
/// a null type. A keyword it does not know is an error of the check, not a pass.
/// </summary>
internal sealed class PublishedSchema
{
    private static readonly HashSet<string> Silent =
    [
        "$ref", "title", "description", "default", "deprecated", "example", "format", "discriminator", "nullable", "type", "enum", "properties",
        "required", "items", "anyOf", "oneOf", "allOf", "additionalProperties", "minimum", "maximum", "maxLength", "pattern",
    ];

    private readonly JsonElement _schemas;
    private readonly JsonElement _schema;
    private readonly string _name;

    private PublishedSchema(JsonElement schemas, string name)
    {
        _schemas = schemas;
        _name = name;
        _schema = schemas.GetProperty(name);
    }

    /// <summary>The schema with this name; skips the test where the description is not at hand.</summary>
    public static PublishedSchema Named(string name)
    {
        Assert.SkipWhen(Installed.OpenApi is null, "OpenAI's published description (../shared/data/openai-openapi/openapi.json) is not here.");
        return new PublishedSchema(Description.Value, name);
    }

    public void Accepts(JsonElement value)
    {
        var problem = Problem(_schema, value, _name);
        Assert.True(problem is null, $"{problem}\n{value.GetRawText()}");
    }

    /// <summary>What is wrong, or null.</summary>
    public string? Problem(JsonElement value) => Problem(_schema, value, _name);

    private static readonly Lazy<JsonElement> Description = new(
        () => JsonDocument.Parse(File.ReadAllBytes(Installed.OpenApi!)).RootElement.GetProperty("components").GetProperty("schemas"));

    private string? Problem(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!["#/components/schemas/".Length..];
            if (IsNullable(schema) && value.ValueKind == JsonValueKind.Null)
                return null;
            return Problem(_schemas.GetProperty(name), value, $"{path}({name})");
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Silent.Contains(keyword.Name) && !keyword.Name.StartsWith("x-", StringComparison.Ordinal))
                return $"{path}: this check does not know the keyword {keyword.Name}";
        }

        if (IsNullable(schema) && value.ValueKind == JsonValueKind.Null)
            return null;
        return TypeProblem(schema, value, path) ?? EnumProblem(schema, value, path) ?? ChoiceProblem(schema, value, path)
            ?? ObjectProblem(schema, value, path) ?? ArrayProblem(schema, value, path);
    }

    private static bool IsNullable(JsonElement schema) => schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean();

    private static string? TypeProblem(JsonElement schema, JsonElement value, string path)
    {
        if (!schema.TryGetProperty("type", out var type))
            return null;
        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()!) : [type.GetString()!];
        return types.Any(name => Is(name, value)) ? null : $"{path} is {value.ValueKind}, not {type.GetRawText()}";
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };

    private static string? EnumProblem(JsonElement schema, JsonElement value, string path) =>
        schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value))
            ? $"{path} is {value.GetRawText()}, not one of {allowed.GetRawText()}"
            : null;

    private string? ChoiceProblem(JsonElement schema, JsonElement value, string path)
    {
        foreach (var keyword in new[] { "anyOf", "oneOf" })
        {
            if (schema.TryGetProperty(keyword, out var choices)
                && choices.EnumerateArray().Select(choice => Problem(choice, value, path)).ToList() is var problems
                && problems.TrueForAll(problem => problem is not null))
            {
                return $"{path} fits none of {keyword}: {string.Join("; ", problems)}";
            }
        }

        return schema.TryGetProperty("allOf", out var all)
            ? all.EnumerateArray().Select(part => Problem(part, value, path)).FirstOrDefault(problem => problem is not null)
            : null;
    }

    private string? ObjectProblem(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                if (!value.TryGetProperty(name.GetString()!, out _))
                    return $"{path}.{name.GetString()} is missing";
            }
        }

        var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        foreach (var property in value.EnumerateObject())
        {
            var inner = $"{path}.{property.Name}";
            var problem = known.ValueKind == JsonValueKind.Object && known.TryGetProperty(property.Name, out var declared)
                ? Problem(declared, property.Value, inner)
                : others.ValueKind switch
                {
                    JsonValueKind.False => $"{inner} is not allowed",
                    JsonValueKind.Object => Problem(others, property.Value, inner),
                    _ => null,
                };
            if (problem is not null)
                return problem;
        }

        return null;
    }

    private string? ArrayProblem(JsonElement schema, JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items)
            ? value.EnumerateArray().Select((item, at) => Problem(items, item, $"{path}[{at}]")).FirstOrDefault(problem => problem is not null)
            : null;
}
