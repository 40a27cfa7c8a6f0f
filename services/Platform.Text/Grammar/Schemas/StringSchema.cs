using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Strings that satisfy some plain schemas at once.</summary>
internal sealed class StringSchema(JsonRules json, IReadOnlyList<Conjunct> schemas)
{
    // States of an expression times lengths that it is counted to.
    private const int MaxProduct = 50_000;

    /// <summary>The rule for them: as JSON strings, or raw up to the tag that closes a parameter.</summary>
    public int Rule(bool raw)
    {
        var (min, max) = Lengths();
        if (Expression() is not { } expression)
            return raw ? json.Texts.RawValue(min, max) : json.Texts.JsonString(min, max);
        var (schema, keyword, text) = expression;
        GrammarException Wrong(string message) => schema.Wrong(keyword, message);
        var automaton = ExpressionCompiler.Compile(text, wholeText: keyword == "format", json.Grammar.Limits.MaxExpressionStates, Wrong);
        if (min > 0 || max >= 0)
            automaton = Counted(automaton, min, max, Wrong);
        if (json.Watch.Any && automaton.MayContain('<'))
            automaton = automaton.Both(0, json.Watch.Step, _ => true, MaxProduct, () => Wrong("it is too large to be kept free of the tags of tool calls. Exclude '<' from it."));
        if (automaton.IsEmpty)
            throw Wrong("no string satisfies it and the other keywords beside it. Loosen one of them.");
        return json.Texts.Matching(automaton, raw);
    }

    private static CharacterAutomaton Counted(CharacterAutomaton automaton, int min, int max, Func<string, GrammarException> wrong)
    {
        // Without an upper bound, more than enough characters are as good as enough.
        int highest = max < 0 ? min : max;
        return automaton.Both(
            0,
            (count, set) => max < 0 ? [(set, Math.Min(count + 1, highest))] : count < max ? [(set, count + 1)] : [],
            count => count >= min,
            MaxProduct,
            () => wrong("it is too large together with minLength and maxLength. Put the length into the pattern."));
    }

    private (int Min, int Max) Lengths()
    {
        int min = 0;
        int max = -1;
        foreach (var schema in schemas)
        {
            min = Math.Max(min, SchemaReading.Count(schema, "minLength") ?? 0);
            if (SchemaReading.Count(schema, "maxLength") is { } most)
                max = max < 0 ? most : Math.Min(max, most);
        }

        if (max >= 0 && min > max)
            throw schemas.First(schema => schema.Find("minLength") is not null).Wrong("minLength", $"it is {min}, above maxLength, which is {max}. Lower it.");
        return (min, max);
    }

    private (Conjunct Schema, string Keyword, string Text)? Expression()
    {
        (Conjunct Schema, string Keyword, string Text)? found = null;
        foreach (var schema in schemas)
        {
            foreach (string keyword in (string[])["pattern", "format"])
            {
                if (schema.Find(keyword) is not { } value)
                    continue;
                if (value.ValueKind != JsonValueKind.String)
                    throw schema.Wrong(keyword, "it must be a string.");
                string text = keyword == "pattern" ? value.GetString()! : Formats.Find(schema, value.GetString()!);
                if (found is { } other && other.Text != text)
                    throw schema.Wrong(keyword, "a string can have one pattern or format here, and another must hold as well. Put both into one pattern.");
                found = (schema, keyword, text);
            }
        }

        return found;
    }
}
