namespace Platform.Text.Grammar;

/// <summary>Rules for JSON of any content, and for what stands between values.</summary>
/// <remarks>
/// White space is bounded, so that no answer is made of it: nothing, one space, or a line break and at most <see cref="MaxIndent"/> spaces
/// where JSON allows any; after a colon at most one space; before a comma none.
/// </remarks>
internal sealed class JsonRules
{
    /// <summary>Spaces at the start of a line.</summary>
    public const int MaxIndent = 64;

    private readonly GrammarBuilder _grammar;
    private int? _value;
    private int? _object;
    private int? _array;
    private int? _number;
    private int? _space;

    /// <param name="grammar">Where the rules are drawn.</param>
    /// <param name="watch">What no string may contain.</param>
    public JsonRules(GrammarBuilder grammar, TagWatch watch)
    {
        _grammar = grammar;
        Watch = watch;
        Texts = new TextRules(grammar, watch);
    }

    public GrammarBuilder Grammar => _grammar;

    public TagWatch Watch { get; }

    public TextRules Texts { get; }

    /// <summary>Any value.</summary>
    public int Value => _value ?? MakeValue();

    /// <summary>Any object.</summary>
    public int Object => _object ?? MakeObject();

    /// <summary>Any array.</summary>
    public int Array => _array ?? MakeArray();

    /// <summary>Any number: up to 18 digits before the point, 15 after it, and an exponent of two.</summary>
    public int Number => _number ??= NumberRules.Any(_grammar);

    /// <summary>White space between values, or none.</summary>
    public int Space => _space ??= MakeSpace();

    /// <summary>One of some texts.</summary>
    public int OneOf(IEnumerable<byte[]> texts)
    {
        var rule = _grammar.Rule();
        rule.Literals(rule.Start, texts, rule.End);
        return rule.Id;
    }

    private int MakeSpace()
    {
        var rule = _grammar.Rule(max: MaxIndent);
        int line = rule.State();
        int indent = rule.State();
        rule.Free(rule.Start, rule.End);
        rule.Byte(rule.Start, ' ', rule.End);
        rule.Byte(rule.Start, '\n', line);
        rule.Free(line, rule.End);
        rule.Step(line, indent);
        rule.Byte(indent, ' ', line);
        return rule.Id;
    }

    private int MakeValue()
    {
        var rule = _grammar.Rule();
        _value = rule.Id;
        rule.Call(rule.Start, Object, rule.End);
        rule.Call(rule.Start, Array, rule.End);
        rule.Call(rule.Start, Texts.JsonString(0, -1), rule.End);
        rule.Call(rule.Start, Number, rule.End);
        rule.Literals(rule.Start, ["true"u8.ToArray(), "false"u8.ToArray(), "null"u8.ToArray()], rule.End);
        return rule.Id;
    }

    private int MakeArray()
    {
        var rule = _grammar.Rule();
        _array = rule.Id;
        new ArrayDrawing(this, rule).Draw([], Value);
        return rule.Id;
    }

    private int MakeObject()
    {
        var rule = _grammar.Rule();
        _object = rule.Id;
        new ObjectDrawing(this, rule).Draw([], new MemberPattern(Texts.JsonString(0, -1), Value));
        return rule.Id;
    }
}
