using System.Text;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Draws the values that satisfy some plain schemas at once, type by type.</summary>
internal sealed class TypeDrawing(SchemaCompiler compiler, RuleBuilder rule, IReadOnlyList<Conjunct> schemas)
{
    private JsonRules Json => compiler.Json;

    public void Draw()
    {
        if (Values.Of(schemas, Json.Grammar.Limits.MaxEnumValues) is { } values)
        {
            rule.Literals(rule.Start, values.Select(Spelled), rule.End);
            return;
        }

        var types = TypesOf(schemas);
        if (types == JsonTypes.All && schemas.All(IsOpen))
        {
            rule.Call(rule.Start, Json.Value, rule.End);
            return;
        }

        if (types.HasFlag(JsonTypes.Null))
            rule.Free(rule.Literal(rule.Start, "null"), rule.End);
        if (types.HasFlag(JsonTypes.Boolean))
            rule.Literals(rule.Start, ["true"u8.ToArray(), "false"u8.ToArray()], rule.End);
        if (types.HasFlag(JsonTypes.Object))
            rule.Call(rule.Start, new ObjectSchema(compiler, schemas).Rule(), rule.End);
        if (types.HasFlag(JsonTypes.Array))
            rule.Call(rule.Start, new ArraySchema(compiler, schemas).Rule(), rule.End);
        if (types.HasFlag(JsonTypes.String))
            rule.Call(rule.Start, new StringSchema(Json, schemas).Rule(raw: false), rule.End);
        if ((types & JsonTypes.Number) != 0)
            rule.Call(rule.Start, new NumberSchema(Json, schemas).Rule(fractions: types.HasFlag(JsonTypes.Fraction)), rule.End);
    }

    /// <summary>The types that all schemas allow. Without a word on types, the keywords that are there tell.</summary>
    public static JsonTypes TypesOf(IReadOnlyList<Conjunct> schemas)
    {
        var types = JsonTypes.All;
        foreach (var schema in schemas)
            types &= SchemaReading.Types(schema);
        if (types != JsonTypes.All)
            return types;
        var told = JsonTypes.None;
        told |= Says(schemas, Keywords.OfObjects) ? JsonTypes.Object : 0;
        told |= Says(schemas, Keywords.OfArrays) ? JsonTypes.Array : 0;
        told |= Says(schemas, Keywords.OfStrings) ? JsonTypes.String : 0;
        told |= Says(schemas, Keywords.OfNumbers) ? JsonTypes.Number : 0;
        return told == JsonTypes.None ? types : told;
    }

    private static bool Says(IReadOnlyList<Conjunct> schemas, System.Collections.Frozen.FrozenSet<string> keywords) =>
        schemas.Any(schema => schema.Schema.EnumerateObject().Any(property => keywords.Contains(property.Name)));

    private static bool IsOpen(Conjunct schema) => !schema.Schema.EnumerateObject().Any(property =>
        Keywords.OfObjects.Contains(property.Name) || Keywords.OfArrays.Contains(property.Name)
        || Keywords.OfStrings.Contains(property.Name) || Keywords.OfNumbers.Contains(property.Name));

    private byte[] Spelled(JsonElement value)
    {
        string json = Values.Spelled(value);
        if (!Json.Watch.Allows(json))
        {
            throw schemas[0].Wrong(
                "enum", "a value contains a tag of the tool call format, so the call could not be read back. Leave that value out.");
        }

        return Encoding.UTF8.GetBytes(json);
    }
}
