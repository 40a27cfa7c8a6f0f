using System.Collections.Frozen;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>The keywords of JSON Schema: what counts, what only describes, what is refused. Whatever is none of them is refused too.</summary>
internal static class Keywords
{
    public static readonly FrozenSet<string> OfObjects =
        FrozenSet.ToFrozenSet(["properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames"]);

    public static readonly FrozenSet<string> OfArrays = FrozenSet.ToFrozenSet(["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]);

    public static readonly FrozenSet<string> OfStrings = FrozenSet.ToFrozenSet(["minLength", "maxLength", "pattern", "format"]);

    public static readonly FrozenSet<string> OfNumbers =
        FrozenSet.ToFrozenSet(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]);

    private static readonly FrozenSet<string> General =
        FrozenSet.ToFrozenSet(["type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "nullable"]);

    private static readonly FrozenSet<string> Descriptions = FrozenSet.ToFrozenSet(
    [
        "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "$comment", "$schema", "$id",
        "$defs", "definitions", "$anchor", "contentEncoding", "contentMediaType", "contentSchema",
    ]);

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["not"] = "Say what is allowed instead.",
        ["if"] = "Use anyOf with one schema per case.",
        ["then"] = "Use anyOf with one schema per case.",
        ["else"] = "Use anyOf with one schema per case.",
        ["dependentRequired"] = "Use anyOf with one schema per case.",
        ["dependentSchemas"] = "Use anyOf with one schema per case.",
        ["dependencies"] = "Use anyOf with one schema per case.",
        ["contains"] = "Use prefixItems, or items.",
        ["minContains"] = "Use prefixItems, or items.",
        ["maxContains"] = "Use prefixItems, or items.",
        ["patternProperties"] = "Name the properties, or use additionalProperties with propertyNames.",
        ["unevaluatedProperties"] = "Use additionalProperties.",
        ["unevaluatedItems"] = "Use items.",
        ["additionalItems"] = "Use items beside prefixItems.",
        ["$dynamicRef"] = "Use $ref.",
        ["$recursiveRef"] = "Use $ref.",
        ["$dynamicAnchor"] = "Use $ref with a JSON pointer.",
        ["$recursiveAnchor"] = "Use $ref with a JSON pointer.",
    };

    /// <exception cref="GrammarException">A keyword is not supported.</exception>
    public static void Check(Conjunct conjunct)
    {
        if (conjunct.Schema.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in conjunct.Schema.EnumerateObject())
        {
            string name = property.Name;
            if (Refused.TryGetValue(name, out string? cure))
                throw conjunct.Wrong(name, $"this keyword is not supported in constrained answers. {cure}");
            if (!IsKnown(name))
                throw conjunct.Wrong(Shortened(name), "this is no keyword of JSON Schema that is known here. Remove it, or correct its spelling.");
        }
    }

    private static bool IsKnown(string name) =>
        General.Contains(name) || OfObjects.Contains(name) || OfArrays.Contains(name) || OfStrings.Contains(name) || OfNumbers.Contains(name)
        || Descriptions.Contains(name) || name.StartsWith("x-", StringComparison.Ordinal);

    private static string Shortened(string name) => name.Length <= 64 ? name : name[..64] + "...";
}
