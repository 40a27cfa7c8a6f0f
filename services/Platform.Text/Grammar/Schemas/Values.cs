using System.Text;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>The values that <c>enum</c> and <c>const</c> list.</summary>
internal static class Values
{
    /// <summary>Those that satisfy all schemas, or null when none of them lists values.</summary>
    public static IReadOnlyList<JsonElement>? Of(IReadOnlyList<Conjunct> schemas, int maxValues)
    {
        List<JsonElement>? values = null;
        foreach (var schema in schemas)
        {
            foreach (string keyword in (string[])["const", "enum"])
            {
                if (schema.Find(keyword) is not { } listed)
                    continue;
                var these = Listed(schema, keyword, listed, maxValues);
                values = values is null ? these : [.. values.Where(value => these.Any(other => JsonElement.DeepEquals(value, other)))];
            }
        }

        if (values is null)
            return null;
        var types = JsonTypes.All;
        foreach (var schema in schemas)
        {
            types &= SchemaReading.Types(schema);
            RequireAlone(schema);
        }

        return [.. values.Where(value => types.HasFlag(SchemaReading.TypeOf(value)))];
    }

    /// <summary>A value as it is written: without white space but a space after commas and colons, numbers as they came.</summary>
    public static string Spelled(JsonElement value)
    {
        var json = new StringBuilder();
        Append(json, value);
        return json.ToString();
    }

    private static List<JsonElement> Listed(Conjunct schema, string keyword, JsonElement listed, int maxValues)
    {
        if (keyword == "const")
            return [listed];
        if (listed.ValueKind != JsonValueKind.Array || listed.GetArrayLength() == 0)
            throw schema.Wrong(keyword, "it must be a list of values that is not empty.");
        int count = listed.GetArrayLength();
        if (count > maxValues)
            throw schema.Wrong(keyword, $"it has {count} values; at most {maxValues} are taken. Use a pattern, or split it.");
        return [.. listed.EnumerateArray()];
    }

    private static void RequireAlone(Conjunct schema)
    {
        foreach (var property in schema.Schema.EnumerateObject())
        {
            string name = property.Name;
            if (Keywords.OfObjects.Contains(name) || Keywords.OfArrays.Contains(name) || Keywords.OfStrings.Contains(name) || Keywords.OfNumbers.Contains(name))
                throw schema.Wrong(name, "it stands beside a list of values (enum or const). Leave it out, and list only the values that satisfy it.");
        }
    }

    private static void Append(StringBuilder json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendAll(json, '{', value.EnumerateObject(), '}', property =>
                {
                    json.Append(JsonSpelling.Quote(property.Name)).Append(": ");
                    Append(json, property.Value);
                });
                break;
            case JsonValueKind.Array:
                AppendAll(json, '[', value.EnumerateArray(), ']', item => Append(json, item));
                break;
            case JsonValueKind.String:
                json.Append(JsonSpelling.Quote(value.GetString()!));
                break;
            default:
                json.Append(value.GetRawText());
                break;
        }
    }

    private static void AppendAll<T>(StringBuilder json, char open, IEnumerable<T> parts, char close, Action<T> append)
    {
        json.Append(open);
        bool first = true;
        foreach (var part in parts)
        {
            if (!first)
                json.Append(", ");
            first = false;
            append(part);
        }

        json.Append(close);
    }
}
