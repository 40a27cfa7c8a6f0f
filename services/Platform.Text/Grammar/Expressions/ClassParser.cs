namespace Platform.Text.Grammar;

/// <summary>Reads a class of characters, from after its <c>[</c> to its <c>]</c>.</summary>
internal sealed class ClassParser(string text, Func<string, string, GrammarException> wrong)
{
    // What is excluded when the class is: of \d, \w and \s more than what is included.
    private readonly List<CodePointSet> _possible = [];
    private readonly List<CodePointSet> _accepted = [];
    private int _at;

    /// <summary>The characters of the class.</summary>
    /// <param name="at">After the bracket; afterwards, after the closing one.</param>
    public CodePointSet Read(ref int at)
    {
        _at = at;
        bool excluded = _at < text.Length && text[_at] == '^';
        if (excluded)
            _at++;
        bool first = true;
        while (true)
        {
            if (_at >= text.Length)
                throw wrong("a '[' without its ']'", "Close the class, or escape it as \\[.");
            if (text[_at] == ']' && !first)
                break;
            if (text[_at] == '[')
                throw wrong("a '[' inside a class", "Escape it as \\[.");
            Member();
            first = false;
        }

        at = _at + 1;
        var set = excluded ? Union(_possible).Not() : Union(_accepted);
        return set.IsEmpty ? throw wrong("a class that no character fits", "Name at least one character.") : set;
    }

    private void Member()
    {
        var (low, lowSet, name) = Single();
        bool isRange = _at + 1 < text.Length && text[_at] == '-' && text[_at + 1] != ']';
        if (!isRange)
        {
            _accepted.Add(lowSet);
            _possible.Add(name is { } of ? CharacterSets.Possible(of) : lowSet);
            return;
        }

        _at++;
        var (high, _, _) = Single();
        if (low < 0 || high < 0)
            throw wrong("a range from or to a class", "Write the '-' first or last, or escape it.");
        if (low > high)
            throw wrong("a range whose end comes before its start", "Turn it round.");
        var range = CodePointSet.Of([(low, high)]);
        _accepted.Add(range);
        _possible.Add(range);
    }

    /// <summary>One character, or -1 and a class with its name, if it has one of which dialects differ.</summary>
    private (int Character, CodePointSet Set, char? Name) Single()
    {
        char c = text[_at++];
        if (c == '\\')
        {
            char? name = _at < text.Length && text[_at] is 'd' or 'w' or 's' ? text[_at] : null;
            // Inside a class, \b is the backspace.
            if (_at < text.Length && text[_at] == 'b')
            {
                _at++;
                return ('\b', CodePointSet.One('\b'), null);
            }

            bool isClass = name is not null || (_at < text.Length && text[_at] is 'D' or 'W' or 'S');
            if (isClass && name is null)
                return Excluded();
            var set = ExpressionEscape.Read(text, ref _at, wrong);
            return (isClass ? -1 : set.Ranges[0].Low, set, name);
        }

        int character = c;
        if (char.IsHighSurrogate(c) && _at < text.Length && char.IsLowSurrogate(text[_at]))
            character = char.ConvertToUtf32(c, text[_at++]);
        else if (char.IsSurrogate(c))
            throw wrong("half a character", "Write the whole character.");
        return (character, CodePointSet.One(character), null);
    }

    // \D, \W and \S: what they exclude for sure differs from what they may exclude.
    private (int Character, CodePointSet Set, char? Name) Excluded()
    {
        char name = char.ToLowerInvariant(text[_at]);
        _at++;
        _possible.Add(CharacterSets.Accepted(name).Not());
        return (-1, CharacterSets.Possible(name).Not(), null);
    }

    private static CodePointSet Union(List<CodePointSet> sets) => CodePointSet.Of(sets.SelectMany(set => set.Ranges));
}
