using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Text.Tests.Grammar;

/// <summary>
/// Says whether a value satisfies a JSON Schema, keyword by keyword as the specification words them, knowing nothing of grammars. For the
/// keywords that the tests use.
/// </summary>
internal static class PlainValidator
{
    public static bool IsValid(JsonElement root, JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True;
        return schema.EnumerateObject().All(keyword => Holds(root, schema, keyword.Name, keyword.Value, value));
    }

    private static bool Holds(JsonElement root, JsonElement schema, string keyword, JsonElement said, JsonElement value) => keyword switch
    {
        "type" => said.ValueKind == JsonValueKind.Array ? said.EnumerateArray().Any(type => IsOf(type.GetString()!, value)) : IsOf(said.GetString()!, value),
        "enum" => said.EnumerateArray().Any(member => JsonElement.DeepEquals(member, value)),
        "const" => JsonElement.DeepEquals(said, value),
        "$ref" => IsValid(root, Target(root, said.GetString()!), value),
        "allOf" => said.EnumerateArray().All(member => IsValid(root, member, value)),
        "anyOf" => said.EnumerateArray().Any(member => IsValid(root, member, value)),
        "oneOf" => said.EnumerateArray().Count(member => IsValid(root, member, value)) == 1,
        "$defs" or "title" or "description" => true,
        _ => value.ValueKind switch
        {
            JsonValueKind.String => HoldsForString(keyword, said, value.GetString()!),
            JsonValueKind.Number => HoldsForNumber(keyword, said.GetDecimal, value),
            JsonValueKind.Array => HoldsForArray(root, schema, keyword, said, value),
            JsonValueKind.Object => HoldsForObject(root, schema, keyword, said, value),
            _ => IsKnown(keyword),
        },
    };

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) % 1 == 0,
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };

    private static bool HoldsForString(string keyword, JsonElement said, string value) => keyword switch
    {
        "minLength" => value.EnumerateRunes().Count() >= said.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= said.GetInt32(),
        "pattern" => Regex.IsMatch(value, said.GetString()!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)),
        "format" => HasFormat(said.GetString()!, value),
        _ => IsKnown(keyword),
    };

    private static bool HasFormat(string format, string value) => format switch
    {
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _) && value.Contains('T', StringComparison.Ordinal),
        "time" => DateTimeOffset.TryParse("2000-01-02T" + value, CultureInfo.InvariantCulture, out _),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "ipv4" or "ipv6" => System.Net.IPAddress.TryParse(value, out _),
        "hostname" => Uri.CheckHostName(value) != UriHostNameType.Unknown,
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        "email" => System.Net.Mail.MailAddress.TryCreate(value, out _),
        "duration" => Duration(value),
        _ => throw new NotSupportedException(format),
    };

    private static bool Duration(string value)
    {
        try
        {
            System.Xml.XmlConvert.ToTimeSpan(value.EndsWith('W') ? value.Replace('W', 'D') : value);
            return true;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return error is OverflowException;
        }
    }

    private static bool HoldsForNumber(string keyword, Func<decimal> said, JsonElement value)
    {
        // Beyond what decimals hold no bound of the tests reaches.
        if (!decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
            return !keyword.StartsWith("multiple", StringComparison.Ordinal);
        return keyword switch
        {
            "minimum" => number >= said(),
            "maximum" => number <= said(),
            "exclusiveMinimum" => number > said(),
            "exclusiveMaximum" => number < said(),
            "multipleOf" => number % said() == 0,
            _ => IsKnown(keyword),
        };
    }

    private static bool HoldsForArray(JsonElement root, JsonElement schema, string keyword, JsonElement said, JsonElement value)
    {
        int first = schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0;
        return keyword switch
        {
            "minItems" => value.GetArrayLength() >= said.GetInt32(),
            "maxItems" => value.GetArrayLength() <= said.GetInt32(),
            "items" => value.EnumerateArray().Skip(first).All(item => IsValid(root, said, item)),
            "prefixItems" => value.EnumerateArray().Zip(said.EnumerateArray()).All(pair => IsValid(root, pair.Second, pair.First)),
            _ => IsKnown(keyword),
        };
    }

    private static bool HoldsForObject(JsonElement root, JsonElement schema, string keyword, JsonElement said, JsonElement value) => keyword switch
    {
        "required" => said.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => value.EnumerateObject().All(member => !said.TryGetProperty(member.Name, out var own) || IsValid(root, own, member.Value)),
        "additionalProperties" => value.EnumerateObject().All(member =>
            (schema.TryGetProperty("properties", out var named) && named.TryGetProperty(member.Name, out _)) || IsValid(root, said, member.Value)),
        "propertyNames" => value.EnumerateObject().All(member => IsValid(root, said, Grammars.Json(JsonSerializer.Serialize(member.Name)))),
        "minProperties" => value.EnumerateObject().Select(member => member.Name).Distinct().Count() >= said.GetInt32(),
        "maxProperties" => value.EnumerateObject().Count() <= said.GetInt32(),
        _ => IsKnown(keyword),
    };

    // A keyword of another type than the value's always holds; one that is not known here must not be overlooked.
    private static bool IsKnown(string keyword) => Known.Contains(keyword) ? true : throw new NotSupportedException(keyword);

    private static readonly HashSet<string> Known =
    [
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems",
        "maxItems", "items", "prefixItems", "required", "properties", "additionalProperties", "propertyNames", "minProperties", "maxProperties",
    ];

    private static JsonElement Target(JsonElement root, string reference)
    {
        foreach (string step in reference.Split('/').Skip(1))
            root = root.GetProperty(step);
        return root;
    }
}
