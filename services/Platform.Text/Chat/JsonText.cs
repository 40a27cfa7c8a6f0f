using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Reads strings and objects of a request the way Python's parser would.</summary>
internal static class JsonText
{
    /// <summary>The string, refused with a readable message if it holds half a surrogate pair.</summary>
    public static string String(JsonElement element)
    {
        try
        {
            return element.GetString() ?? string.Empty;
        }
        catch (InvalidOperationException)
        {
            throw Broken();
        }
    }

    /// <summary>The properties in input order; of a repeated key the last value counts, at the place of the first.</summary>
    public static List<KeyValuePair<string, JsonElement>> Properties(JsonElement element)
    {
        var properties = new List<KeyValuePair<string, JsonElement>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            string name = Name(property);
            if (places.TryGetValue(name, out int place))
            {
                properties[place] = new(name, property.Value);
                continue;
            }

            places.Add(name, properties.Count);
            properties.Add(new(name, property.Value));
        }

        return properties;
    }

    /// <summary>The value under a key of an object; null where the element is no object or lacks the key.</summary>
    public static JsonElement? Get(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? value : null;

    /// <summary>Whether the element is an object whose <paramref name="key"/> is the string <paramref name="expected"/>.</summary>
    public static bool Is(JsonElement element, string key, string expected) =>
        Get(element, key) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(expected);

    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Broken();
        }
    }

    private static ChatRenderException Broken() =>
        new("A string holds half of a surrogate pair (\\ud800 to \\udfff without its partner). Send whole characters.");
}
