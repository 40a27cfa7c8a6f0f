using System.Numerics;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Numbers that satisfy some plain schemas at once.</summary>
internal sealed class NumberSchema(JsonRules json, IReadOnlyList<Conjunct> schemas)
{
    private const int MaxMultiple = 1000;

    /// <summary>The rule for them.</summary>
    /// <param name="fractions">Whether they may have digits after the point.</param>
    public int Rule(bool fractions)
    {
        var bounds = schemas.SelectMany(Bounds).ToList();
        var multiple = Multiple();
        if (fractions && bounds.Count == 0 && multiple is null)
            return json.Number;
        int places = !fractions || multiple is { IsWhole: true } ? 0 : multiple is { } step ? -step.Exponent : NumberRules.MaxFractionDigits;
        var low = -NumberRules.Largest(places);
        var high = NumberRules.Largest(places);
        foreach (var (_, keyword, value) in bounds)
        {
            if (keyword == "minimum")
                low = BigInteger.Max(low, value.Ceiling(places));
            else if (keyword == "exclusiveMinimum")
                low = BigInteger.Max(low, value.Floor(places) + 1);
            else if (keyword == "maximum")
                high = BigInteger.Min(high, value.Floor(places));
            else
                high = BigInteger.Min(high, value.Ceiling(places) - 1);
        }

        if (low > high)
            throw Empty(bounds, places);
        return NumberRules.Between(json.Grammar, places, low, high, multiple is { } unit ? Units(unit, places) : 1);
    }

    private IEnumerable<(Conjunct Schema, string Keyword, DecimalNumber Value)> Bounds(Conjunct schema)
    {
        foreach (string keyword in (string[])["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"])
        {
            if (schema.Find(keyword) is { } value)
                yield return (schema, keyword, Number(schema, keyword, value));
        }
    }

    private DecimalNumber? Multiple()
    {
        DecimalNumber? multiple = null;
        foreach (var schema in schemas)
        {
            if (schema.Find("multipleOf") is not { } value)
                continue;
            var number = Number(schema, "multipleOf", value);
            if (number.Digits.Sign <= 0)
                throw schema.Wrong("multipleOf", "it must be above 0.");
            if (multiple is { } other && other != number)
                throw schema.Wrong("multipleOf", "two different ones must hold at once. Write one that is a multiple of both.");
            multiple = number;
            if (-number.Exponent > NumberRules.MaxFractionDigits || Units(number, Math.Max(0, -number.Exponent)) < 0)
                throw schema.Wrong("multipleOf", $"it must be a whole number from 1 to {MaxMultiple}, or that divided by a power of ten. Use another.");
        }

        return multiple;
    }

    // As a number of the smallest place; -1 when that is too large to be counted.
    private static int Units(DecimalNumber multiple, int places)
    {
        var units = multiple.Floor(places);
        return units <= MaxMultiple ? (int)units : -1;
    }

    private static DecimalNumber Number(Conjunct schema, string keyword, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            throw schema.Wrong(keyword, "it must be a number.");
        return DecimalNumber.Parse(value.GetRawText()) ?? throw schema.Wrong(keyword, "it is longer or larger than is taken. Use a rounder number.");
    }

    private static GrammarException Empty(List<(Conjunct Schema, string Keyword, DecimalNumber Value)> bounds, int places)
    {
        var (schema, keyword, _) = bounds[^1];
        return schema.Wrong(
            keyword,
            $"no number with at most {NumberRules.MaxWholeDigits} digits before the point and {places} after it lies within the bounds. Widen them.");
    }
}
