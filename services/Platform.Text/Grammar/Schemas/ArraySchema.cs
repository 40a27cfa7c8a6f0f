using System.Globalization;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Arrays that satisfy some plain schemas at once.</summary>
internal sealed class ArraySchema(SchemaCompiler compiler, IReadOnlyList<Conjunct> schemas)
{
    private const int MaxFirst = 1024;

    /// <summary>The rule for them.</summary>
    public int Rule()
    {
        var (min, max) = Counts();
        var firsts = schemas.Select(First).ToList();
        int first = firsts.Max(all => all.Count);
        if (first > MaxFirst)
            throw schemas[0].Wrong("prefixItems", $"it has {first} schemas; at most {MaxFirst} are taken. Use items.");
        var rules = new List<int>();
        int? others = Item(firsts, first);
        for (int i = 0; i < first && (max < 0 || i < max); i++)
        {
            if (Item(firsts, i) is not { } item)
            {
                others = null;
                break;
            }

            rules.Add(item);
        }

        if (others is null && min > rules.Count)
            throw schemas[0].Wrong("minItems", $"it asks for {min} items, but only {rules.Count} are allowed. Lower it, or allow more items.");
        var rule = compiler.Json.Grammar.Rule(min, max);
        new ArrayDrawing(compiler.Json, rule).Draw(rules, max == 0 ? null : others);
        return rule.Id;
    }

    private (int Min, int Max) Counts()
    {
        int min = 0;
        int max = -1;
        foreach (var schema in schemas)
        {
            min = Math.Max(min, SchemaReading.Count(schema, "minItems") ?? 0);
            if (SchemaReading.Count(schema, "maxItems") is { } most)
                max = max < 0 ? most : Math.Min(max, most);
        }

        if (max >= 0 && min > max)
            throw schemas.First(schema => schema.Find("minItems") is not null).Wrong("minItems", $"it is {min}, above maxItems, which is {max}. Lower it.");
        foreach (var schema in schemas)
        {
            if (schema.Find("uniqueItems") is { ValueKind: JsonValueKind.True } && max is < 0 or > 1)
                throw schema.Wrong("uniqueItems", "that items differ cannot be guaranteed. Leave it out and ask for it in a message.");
        }

        return (min, max);
    }

    // The rule of an item by its place, or null when there can be none there.
    private int? Item(List<List<Conjunct>> firsts, int place)
    {
        var all = new List<Conjunct>();
        foreach (var (schema, first) in schemas.Zip(firsts))
        {
            if (place < first.Count)
                all.Add(first[place]);
            else if (schema.Find("items") is { } items)
                all.Add(Items(schema, items));
        }

        if (all.Any(schema => schema.Schema.ValueKind == JsonValueKind.False))
            return null;
        return all.Count == 0 ? compiler.Json.Value : compiler.RuleOf(all);
    }

    private static Conjunct Items(Conjunct schema, JsonElement items)
    {
        if (items.ValueKind == JsonValueKind.Array)
            throw schema.Wrong("items", "a list of schemas is the older form. Use prefixItems, and items for what follows.");
        return SchemaReading.Schema(schema, "items", schema.Inside(items, "items"));
    }

    private static List<Conjunct> First(Conjunct schema)
    {
        if (schema.Find("prefixItems") is not { } list)
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw schema.Wrong("prefixItems", "it must be a list of schemas.");
        return [.. list.EnumerateArray().Select((item, i) => SchemaReading.Schema(
            schema, "prefixItems", schema.Inside(item, "prefixItems", i.ToString(CultureInfo.InvariantCulture))))];
    }
}
