using System.Globalization;

namespace Platform.Text.Grammar;

/// <summary>
/// Reads the regular expressions that are taken: characters, classes, groups, alternatives, repetition, and anchors at the ends. Look-around,
/// back references, word boundaries and flags are refused by name, since they are no regular language or differ between dialects.
/// </summary>
internal sealed class ExpressionParser
{
    private const int MaxNesting = 64;
    private const int MaxRepeat = 4096;

    private readonly string _text;
    private readonly Func<string, GrammarException> _error;
    private int _at;
    private int _depth;

    private ExpressionParser(string text, Func<string, GrammarException> error)
    {
        _text = text;
        _error = error;
    }

    private bool AtEnd => _at >= _text.Length;

    private char Next => _text[_at];

    /// <param name="text">The expression.</param>
    /// <param name="error">Makes the exception for a message.</param>
    /// <exception cref="GrammarException">It is malformed or not taken.</exception>
    public static ExpressionNode Parse(string text, Func<string, GrammarException> error)
    {
        var parser = new ExpressionParser(text, error);
        var node = parser.Choice();
        return parser.AtEnd ? node : throw parser.Wrong("a ')' without its '('", "Escape it as \\).");
    }

    private ExpressionNode Choice()
    {
        if (++_depth > MaxNesting)
            throw _error($"its groups are nested deeper than {MaxNesting} levels. Flatten it.");
        var parts = new List<ExpressionNode> { Sequence() };
        while (!AtEnd && Next == '|')
        {
            _at++;
            parts.Add(Sequence());
        }

        _depth--;
        return parts.Count == 1 ? parts[0] : new ExpressionNode.Choice(parts);
    }

    private ExpressionNode.Sequence Sequence()
    {
        var parts = new List<ExpressionNode>();
        while (!AtEnd && Next is not ('|' or ')'))
            parts.Add(Repeated(Atom()));
        return new ExpressionNode.Sequence(parts);
    }

    private ExpressionNode Repeated(ExpressionNode part)
    {
        while (!AtEnd && Next is '*' or '+' or '?' or '{')
        {
            if (part is ExpressionNode.Anchor)
                throw Wrong("a repeated anchor", "Remove the repetition.");
            var (min, max) = Bounds();
            // A lazy repetition matches the same texts. A possessive one does not.
            if (!AtEnd && Next == '?')
                _at++;
            else if (!AtEnd && Next == '+')
                throw Wrong("a possessive repetition", "Remove the second '+'.");
            part = new ExpressionNode.Repeat(part, min, max);
        }

        return part;
    }

    private (int Min, int Max) Bounds()
    {
        switch (_text[_at++])
        {
            case '*':
                return (0, -1);
            case '+':
                return (1, -1);
            case '?':
                return (0, 1);
        }

        int min = Number();
        int max = min;
        if (!AtEnd && Next == ',')
        {
            _at++;
            max = !AtEnd && Next == '}' ? -1 : Number();
        }

        if (AtEnd || Next != '}')
            throw Wrong("a '{' that begins no repetition", "Write {m}, {m,} or {m,n}, or escape it as \\{.");
        _at++;
        return max < 0 || min <= max ? (min, max) : throw Wrong($"a repetition from {min} to {max}", "Put the smaller number first.");
    }

    private int Number()
    {
        int from = _at;
        while (!AtEnd && char.IsAsciiDigit(Next))
            _at++;
        if (!int.TryParse(_text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > MaxRepeat)
            throw Wrong($"a repetition whose number is missing or above {MaxRepeat}", "Write a smaller number, or leave the bound open.");
        return number;
    }

    private ExpressionNode Atom()
    {
        char c = _text[_at++];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return new ExpressionNode.Characters(new ClassParser(_text, Wrong).Read(ref _at));
            case '.':
                return new ExpressionNode.Characters(CharacterSets.AnyButLineEnds);
            case '^':
                return new ExpressionNode.Anchor(AtEnd: false);
            case '$':
                return new ExpressionNode.Anchor(AtEnd: true);
            case '\\':
                return new ExpressionNode.Characters(ExpressionEscape.Read(_text, ref _at, Wrong));
            case '*' or '+' or '?' or '{':
                throw Wrong($"a '{c}' with nothing to repeat", $"Escape it as \\{c}.");
        }

        int character = c;
        if (char.IsHighSurrogate(c) && !AtEnd && char.IsLowSurrogate(Next))
            character = char.ConvertToUtf32(c, _text[_at++]);
        else if (char.IsSurrogate(c))
            throw Wrong("half a character", "Write the whole character.");
        return new ExpressionNode.Characters(CodePointSet.One(character));
    }

    private ExpressionNode Group()
    {
        if (!AtEnd && Next == '?')
            GroupKind();
        var inner = Choice();
        if (AtEnd)
            throw Wrong("a '(' without its ')'", "Close the group, or escape it as \\(.");
        _at++;
        return inner;
    }

    private void GroupKind()
    {
        var rest = _text.AsSpan(_at);
        if (rest.StartsWith("?:"))
        {
            _at += 2;
            return;
        }

        if (rest.StartsWith("?=") || rest.StartsWith("?!") || rest.StartsWith("?<=") || rest.StartsWith("?<!"))
            throw Wrong("a look-around", "Write out what may stand there.");
        int named = rest.StartsWith("?<") ? 2 : rest.StartsWith("?P<") ? 3 : 0;
        int end = named > 0 ? rest.IndexOf('>') : -1;
        if (end < 0)
            throw Wrong("flags or an unknown kind of group", "Use ( ) or (?: ), and spell both cases out where case does not matter.");
        _at += end + 1;
    }

    private GrammarException Wrong(string found, string cure) =>
        _error($"it has {found} before position {_at.ToString(CultureInfo.InvariantCulture)}. {cure}");
}
