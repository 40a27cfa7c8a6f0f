using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>
/// Proves that no value satisfies two members of a <c>oneOf</c>: they have different types, or different constants, or a required property
/// with different constants. What cannot be proved is refused, because a value that two members accept is invalid.
/// </summary>
internal sealed class Disjointness(SchemaCompiler compiler)
{
    public void Require(Conjunct owner, IReadOnlyList<Conjunct> members)
    {
        var alternatives = members.Select(member => compiler.Alternatives([member])).ToList();
        if (alternatives.Sum(all => all.Count) > SchemaCompiler.MaxAlternatives)
            throw owner.Wrong("oneOf", $"it comes, with those inside it, to more than {SchemaCompiler.MaxAlternatives} alternatives. Use fewer.");
        for (int i = 0; i < members.Count; i++)
        {
            compiler.Json.Grammar.CancellationToken.ThrowIfCancellationRequested();
            for (int j = i + 1; j < members.Count; j++)
            {
                if (!alternatives[i].All(a => alternatives[j].All(b => AreDisjoint(a, b))))
                    throw owner.Wrong("oneOf", $"its schemas {i} and {j} may both accept a value. Use anyOf, or give them different types or a required property with different constants.");
            }
        }
    }

    private static bool AreDisjoint(IReadOnlyList<Conjunct> a, IReadOnlyList<Conjunct> b)
    {
        if ((Types(a) & Types(b)) == JsonTypes.None)
            return true;
        if (Constants(a) is { } left && Constants(b) is { } right)
            return !left.Overlaps(right);
        var required = Required(a);
        required.IntersectWith(Required(b));
        return required.Any(name => Constants(Property(a, name)) is { } one && Constants(Property(b, name)) is { } other && !one.Overlaps(other))
            && (Types(a) & Types(b)) == JsonTypes.Object;
    }

    private static JsonTypes Types(IReadOnlyList<Conjunct> schemas)
    {
        var types = JsonTypes.All;
        foreach (var schema in schemas)
            types &= SchemaReading.Types(schema);
        return types;
    }

    private static HashSet<string>? Constants(IEnumerable<Conjunct> schemas)
    {
        foreach (var schema in schemas)
        {
            if (schema.Find("const") is { } constant)
                return [Canonical(constant)];
            if (schema.Find("enum") is { ValueKind: JsonValueKind.Array } values)
                return [.. values.EnumerateArray().Select(Canonical)];
        }

        return null;
    }

    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonSpelling.Quote(value.GetString()!),
        JsonValueKind.Number => DecimalNumber.Parse(value.GetRawText())?.ToString() ?? value.GetRawText(),
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().Select(member => $"{JsonSpelling.Quote(member.Name)}:{Canonical(member.Value)}").Order(StringComparer.Ordinal))}}}",
        _ => value.GetRawText(),
    };

    private static HashSet<string> Required(IReadOnlyList<Conjunct> schemas) =>
    [
        .. schemas
            .Select(schema => schema.Find("required"))
            .Where(required => required is { ValueKind: JsonValueKind.Array })
            .SelectMany(required => required!.Value.EnumerateArray())
            .Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => name.GetString()!),
    ];

    private static IEnumerable<Conjunct> Property(IReadOnlyList<Conjunct> schemas, string name)
    {
        foreach (var schema in schemas)
        {
            if (schema.Find("properties") is { ValueKind: JsonValueKind.Object } properties && properties.TryGetProperty(name, out var property))
                yield return new Conjunct(property, schema.Pointer);
        }
    }
}
