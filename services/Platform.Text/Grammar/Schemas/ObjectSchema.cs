using System.Collections.Immutable;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Objects that satisfy some plain schemas at once.</summary>
internal sealed class ObjectSchema(SchemaCompiler compiler, IReadOnlyList<Conjunct> schemas)
{
    private static readonly Conjunct Anything = new(JsonDocument.Parse("true").RootElement, "any value");

    private JsonRules Json => compiler.Json;

    /// <summary>The rule for them as JSON.</summary>
    public int Rule()
    {
        var properties = Properties();
        var others = Others(properties.Count > 0);
        var members = properties.Select(property => new Member(property.Name, compiler.RuleOf(property.Schemas), property.Required)).ToList();
        foreach (var member in members)
            RequireSafe(member.Name);
        var (min, max) = Counts(members, others is not null);
        var rule = Json.Grammar.Rule(min, max);
        var pattern = others is null || max == 0 ? null : new MemberPattern(Key(members), compiler.RuleOf(others));
        new ObjectDrawing(Json, rule).Draw(members, pattern);
        return rule.Id;
    }

    /// <summary>The named properties in the order in which they are written.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<Conjunct> Schemas, bool Required)> Properties()
    {
        var named = schemas.Select(Named).ToList();
        var required = schemas.SelectMany(Required).Select(entry => entry.Name).ToList();
        var isRequired = required.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. named.SelectMany(properties => properties.Select(property => property.Key)).Concat(required).Distinct(StringComparer.Ordinal)
                .Select(name => (name, (IReadOnlyList<Conjunct>)Of(name, named), isRequired.Contains(name))),
        ];
    }

    // A schema that does not name a property says in additionalProperties what it thinks of it.
    private List<Conjunct> Of(string name, List<OrderedDictionary<string, JsonElement>> named)
    {
        var all = new List<Conjunct>();
        for (int i = 0; i < schemas.Count; i++)
        {
            var schema = schemas[i];
            if (named[i].TryGetValue(name, out var own))
                all.Add(SchemaReading.Schema(schema, "properties", schema.Inside(own, "properties", name)));
            else if (Additional(schema) is { } additional)
                all.Add(additional);
        }

        return all.Count > 0 ? all : [Anything];
    }

    private static OrderedDictionary<string, JsonElement> Named(Conjunct schema)
    {
        var named = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        if (schema.Find("properties") is not { } properties)
            return named;
        if (properties.ValueKind != JsonValueKind.Object)
            throw schema.Wrong("properties", "it must be an object of schemas by name.");
        foreach (var property in properties.EnumerateObject())
            named[property.Name] = property.Value;
        return named;
    }

    private static IEnumerable<(Conjunct Schema, string Name)> Required(Conjunct schema)
    {
        if (schema.Find("required") is not { } required)
            yield break;
        if (required.ValueKind != JsonValueKind.Array)
            throw schema.Wrong("required", "it must be a list of names.");
        foreach (var name in required.EnumerateArray())
        {
            if (name.ValueKind != JsonValueKind.String)
                throw schema.Wrong("required", "it must be a list of names.");
            yield return (schema, name.GetString()!);
        }
    }

    private static Conjunct? Additional(Conjunct schema) =>
        schema.Find("additionalProperties") is { } additional
            ? SchemaReading.Schema(schema, "additionalProperties", schema.Inside(additional, "additionalProperties"))
            : null;

    // What else the object may hold: nothing, when properties are named and nobody speaks of others.
    private List<Conjunct>? Others(bool anyNamed)
    {
        var said = schemas.Select(Additional).OfType<Conjunct>().ToList();
        if (said.Any(schema => schema.Schema.ValueKind == JsonValueKind.False))
            return null;
        if (said.Count > 0)
            return said;
        return anyNamed || schemas.Any(schema => schema.Find("properties") is not null) ? null : [Anything];
    }

    // Counted are the properties that are not named; the others are in number what is required or what is there.
    private (int Min, int Max) Counts(List<Member> members, bool othersAllowed)
    {
        int min = 0;
        int max = -1;
        foreach (var schema in schemas)
        {
            if (SchemaReading.Count(schema, "minProperties") is { } least && least > members.Count(member => member.Required))
            {
                // Two additional properties may have the same key, so more than one cannot be counted.
                if (members.Count > 0 || !othersAllowed || least > 1)
                    throw schema.Wrong("minProperties", "it asks for more properties than are required. Make enough properties required.");
                min = least;
            }

            if (SchemaReading.Count(schema, "maxProperties") is not { } most)
                continue;
            if (members.Count > 0 && (othersAllowed || most < members.Count))
                throw schema.Wrong("maxProperties", "it is supported only for objects without named properties. Leave it out, or set additionalProperties to false.");
            if (members.Count == 0)
                max = max < 0 ? most : Math.Min(max, most);
        }

        if (max >= 0 && min > max)
            throw schemas[0].Wrong("minProperties", "it is above maxProperties. Lower it.");
        return (min, max);
    }

    // A key of another property must not be one of the named ones, whose values have schemas of their own.
    private int Key(List<Member> members)
    {
        var names = schemas
            .Where(schema => schema.Find("propertyNames") is not null)
            .Select(schema => SchemaReading.Schema(schema, "propertyNames", schema.Inside(schema.Find("propertyNames")!.Value, "propertyNames")))
            .ToList();
        if (names.Count == 0)
            return Json.Texts.Matching(KeyAutomaton.Except([.. members.Select(member => member.Name)]), raw: false);
        if (members.Count > 0)
            throw schemas[0].Wrong("propertyNames", "it is supported only for objects without named properties. Leave it out.");
        if (compiler.Alternatives(names) is not [var plain])
            throw names[0].Wrong("propertyNames", "anyOf and oneOf are not supported in it. Use a pattern.");
        if (Values.Of(plain, Json.Grammar.Limits.MaxEnumValues) is null && TypeDrawing.TypesOf(plain) is var types && !types.HasFlag(JsonTypes.String))
            throw names[0].Wrong("propertyNames", "names are strings, which it does not allow. Remove its type.");
        return compiler.RuleOf([.. plain, StringsOnly]);
    }

    private static readonly Conjunct StringsOnly =
        new(JsonDocument.Parse("""{"type":"string"}""").RootElement, "#propertyNames") { Resolved = ImmutableSortedSet<string>.Empty };

    private void RequireSafe(string name)
    {
        if (!Json.Watch.Allows(name))
            throw schemas[0].Wrong("properties", "a name contains a tag of the tool call format, so the call could not be read back. Rename it.");
    }
}
