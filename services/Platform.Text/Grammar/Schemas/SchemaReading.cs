using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Reads the values of keywords and refuses malformed ones.</summary>
internal static class SchemaReading
{
    /// <summary>Which types a schema's own <c>type</c> and <c>nullable</c> allow.</summary>
    public static JsonTypes Types(Conjunct conjunct)
    {
        if (conjunct.Find("type") is not { } type)
            return JsonTypes.All;
        var types = JsonTypes.None;
        if (type.ValueKind == JsonValueKind.String)
        {
            types = Named(conjunct, type);
        }
        else if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0)
        {
            foreach (var name in type.EnumerateArray())
                types |= Named(conjunct, name);
        }
        else
        {
            throw conjunct.Wrong("type", "it must be the name of a type or a list of names.");
        }

        return conjunct.Find("nullable") is { ValueKind: JsonValueKind.True } ? types | JsonTypes.Null : types;
    }

    /// <summary>The type of a value.</summary>
    public static JsonTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Number => DecimalNumber.Parse(value.GetRawText()) is { IsWhole: false } ? JsonTypes.Fraction : JsonTypes.Integer,
        JsonValueKind.Null => JsonTypes.Null,
        _ => JsonTypes.Boolean,
    };

    /// <summary>A count, or null when the keyword is absent.</summary>
    public static int? Count(Conjunct conjunct, string keyword)
    {
        if (conjunct.Find(keyword) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= 0 && number == Math.Floor(number))
            return (int)Math.Min(number, 1 << 30);
        throw conjunct.Wrong(keyword, "it must be a whole number that is not negative.");
    }

    /// <summary>A list of schemas that is not empty.</summary>
    public static IReadOnlyList<Conjunct> Schemas(Conjunct conjunct, string keyword)
    {
        var list = conjunct.Find(keyword)!.Value;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw conjunct.Wrong(keyword, "it must be a list of schemas that is not empty.");
        return [.. list.EnumerateArray().Select((schema, i) =>
            Schema(conjunct, keyword, conjunct.Inside(schema, keyword, i.ToString(System.Globalization.CultureInfo.InvariantCulture))))];
    }

    /// <summary>Checks that a part is a schema.</summary>
    public static Conjunct Schema(Conjunct parent, string keyword, Conjunct schema)
    {
        if (schema.Schema.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False)
            return schema;
        throw parent.Wrong(keyword, $"{schema.Pointer} must be a schema: an object, true or false.");
    }

    private static JsonTypes Named(Conjunct conjunct, JsonElement name) => (name.ValueKind == JsonValueKind.String ? name.GetString() : null) switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "object" => JsonTypes.Object,
        "array" => JsonTypes.Array,
        "string" => JsonTypes.String,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        _ => throw conjunct.Wrong("type", "it names an unknown type. The types are null, boolean, object, array, string, integer and number."),
    };
}
