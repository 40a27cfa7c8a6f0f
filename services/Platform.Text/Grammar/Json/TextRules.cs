namespace Platform.Text.Grammar;

/// <summary>Rules for stretches of free text: JSON strings, and the raw values of tool parameters up to the tag that closes them.</summary>
internal sealed class TextRules(GrammarBuilder grammar, TagWatch watch)
{
    /// <summary>What ends a raw value.</summary>
    public const string RawEnd = "\n</parameter>\n";

    private static readonly CodePointSet PlainJson = CodePointSet.Of([(' ', CodePointSet.Highest)]).Except(CodePointSet.Of([('"', '"'), ('\\', '\\')]));
    private static readonly CodePointSet PlainRaw = CodePointSet.One('\r').Not();

    private readonly Dictionary<(bool Raw, int Min, int Max), int> _rules = [];

    /// <summary>A JSON string, its quotes included, of so many characters.</summary>
    /// <param name="min">At least.</param>
    /// <param name="max">At most; negative: no bound.</param>
    public int JsonString(int min, int max) => Text(false, min, max);

    /// <summary>A raw value of so many characters, its closing tag included.</summary>
    /// <param name="min">At least.</param>
    /// <param name="max">At most; negative: no bound.</param>
    public int RawValue(int min, int max) => Text(true, min, max);

    /// <summary>A text that an automaton accepts: a JSON string, or a raw value with its closing tag.</summary>
    public int Matching(CharacterAutomaton automaton, bool raw)
    {
        var rule = grammar.Rule();
        int[] states = [.. automaton.IsEnd.Select(_ => rule.State())];
        var writer = new CharacterWriter(rule, inJsonString: !raw);
        int closing = rule.State();
        Close(rule, closing, raw);
        for (int i = 0; i < states.Length; i++)
        {
            foreach (var (set, target) in automaton.Edges[i])
                writer.Read(states[i], raw ? set.And(PlainRaw) : set, states[target]);
            if (automaton.IsEnd[i])
                rule.Free(states[i], closing);
        }

        // An automaton that accepts nothing leaves the rule without a way to its end, which the schema's compiler reports.
        if (states.Length > 0)
            Open(rule, states[0], raw);
        return rule.Id;
    }

    private int Text(bool raw, int min, int max)
    {
        if (_rules.TryGetValue((raw, min, max), out int known))
            return known;
        var rule = grammar.Rule(min, max);
        _rules[(raw, min, max)] = rule.Id;
        var writer = new CharacterWriter(rule, inJsonString: false);
        int closing = rule.State();
        Close(rule, closing, raw);
        int[] heads = [.. Enumerable.Range(0, watch.States).Select(_ => rule.State())];
        int escape = raw ? -1 : EscapeTo(rule, heads[0]);
        for (int i = 0; i < heads.Length; i++)
        {
            int character = rule.State();
            rule.Step(heads[i], character);
            rule.Leave(heads[i], closing);
            foreach (var (set, next) in watch.Step(i, raw ? PlainRaw : PlainJson))
                writer.Read(character, set, heads[next]);
            if (escape >= 0)
                rule.Byte(character, '\\', escape);
            if (i == 0)
                grammar.MarkText(character, raw ? TextKind.Raw : watch.Any ? TextKind.JsonWithoutTags : TextKind.Json);
        }

        Open(rule, heads[0], raw);
        return rule.Id;
    }

    private static void Open(RuleBuilder rule, int first, bool raw)
    {
        if (raw)
            rule.Free(rule.Start, first);
        else
            rule.Byte(rule.Start, '"', first);
    }

    private static void Close(RuleBuilder rule, int from, bool raw)
    {
        if (raw)
            rule.Free(rule.Literal(from, RawEnd), rule.End);
        else
            rule.Byte(from, '"', rule.End);
    }

    // Every escape that JSON has; \u for whole characters only, so that no string holds half a surrogate pair.
    private static int EscapeTo(RuleBuilder rule, int to)
    {
        int escape = rule.State();
        foreach (char c in "\"\\/bfnrt")
            rule.Byte(escape, c, to);
        int[] digits = [to, rule.State(), rule.State(), rule.State()];
        for (int i = 1; i < digits.Length; i++)
            Hexadecimal(rule, digits[i], 0, 15, digits[i - 1]);
        int first = rule.State();
        rule.Byte(escape, 'u', first);
        Hexadecimal(rule, first, 0, 12, digits[3]);
        Hexadecimal(rule, first, 14, 15, digits[3]);
        int surrogate = rule.State();
        Hexadecimal(rule, first, 13, 13, surrogate);
        Hexadecimal(rule, surrogate, 0, 7, digits[2]);
        int low = rule.State();
        Hexadecimal(rule, low, 12, 15, digits[2]);
        int d = rule.State();
        Hexadecimal(rule, d, 13, 13, low);
        int backslash = rule.State();
        rule.Free(rule.Literal(backslash, "\\u"), d);
        int[] high = [backslash, rule.State(), rule.State()];
        Hexadecimal(rule, high[2], 0, 15, high[1]);
        Hexadecimal(rule, high[1], 0, 15, high[0]);
        Hexadecimal(rule, surrogate, 8, 11, high[2]);
        return escape;
    }

    private static void Hexadecimal(RuleBuilder rule, int from, int low, int high, int to)
    {
        if (low <= 9)
            rule.Bytes(from, '0' + low, '0' + Math.Min(high, 9), to);
        if (high < 10)
            return;
        int letter = Math.Max(low, 10) - 10;
        rule.Bytes(from, 'a' + letter, 'a' + high - 10, to);
        rule.Bytes(from, 'A' + letter, 'A' + high - 10, to);
    }
}
