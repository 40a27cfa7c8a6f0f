using System.Globalization;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Finds what <c>$ref</c> points to: a JSON pointer into the same document.</summary>
internal sealed class SchemaReferences(JsonElement root, string rootPointer)
{
    /// <summary>The schema that a reference names.</summary>
    public Conjunct Resolve(Conjunct from)
    {
        var value = from.Find("$ref")!.Value;
        string? reference = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (reference is null || !(reference == "#" || reference.StartsWith("#/", StringComparison.Ordinal)))
            throw from.Wrong("$ref", "it must be a JSON pointer into the same schema, such as #/$defs/node.");
        var target = new Conjunct(root, rootPointer);
        foreach (string step in reference.Split('/').Skip(1))
        {
            string key = Unescaped(step);
            if (Step(target.Schema, key) is not { } next)
                throw from.Wrong("$ref", $"there is nothing at '{Shortened(reference)}'. Correct it, or add it to $defs.");
            target = target.Inside(next, key);
        }

        return SchemaReading.Schema(from, "$ref", target);
    }

    private static JsonElement? Step(JsonElement target, string key)
    {
        if (target.ValueKind == JsonValueKind.Object && target.TryGetProperty(key, out var property))
            return property;
        if (target.ValueKind == JsonValueKind.Array && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < target.GetArrayLength())
            return target[index];
        return null;
    }

    private static string Unescaped(string step) =>
        Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
