namespace Platform.Text.Grammar;

/// <summary>
/// Texts that must not occur inside another, because the parser of the output would take them for the end of a tool call. Each begins with
/// <c>&lt;</c> and has no other one, so that one number says how much of which has been read.
/// </summary>
internal sealed class TagWatch
{
    private readonly List<Dictionary<char, int>> _children = [[]];

    private TagWatch(IEnumerable<string> forbidden)
    {
        foreach (string text in forbidden)
            Add(text);
    }

    /// <summary>Nothing is forbidden.</summary>
    public static TagWatch Nothing { get; } = new([]);

    /// <summary>The tags that end a parameter's value or its call.</summary>
    public static TagWatch InCall { get; } = new(["</parameter>", "</function>", "</tool_call>", "<parameter="]);

    /// <summary>States; 0 is the one where nothing has been read.</summary>
    public int States => _children.Count;

    /// <summary>Whether anything is forbidden.</summary>
    public bool Any => _children.Count > 1;

    /// <summary>The states that follow on a character of a set; what would complete a forbidden text is left out.</summary>
    public IEnumerable<(CodePointSet Set, int Next)> Step(int state, CodePointSet characters)
    {
        if (!Any)
        {
            yield return (characters, 0);
            yield break;
        }

        var special = new List<(int, int)> { ('<', '<') };
        foreach (var (character, next) in _children[state])
        {
            special.Add((character, character));
            if (next > 0 && characters.Contains(character))
                yield return (CodePointSet.One(character), next);
        }

        if (state > 0 && characters.Contains('<'))
            yield return (CodePointSet.One('<'), _children[0]['<']);
        yield return (characters.Except(CodePointSet.Of(special)), 0);
    }

    /// <summary>Whether a text has none of the forbidden ones in it.</summary>
    public bool Allows(string text)
    {
        int state = 0;
        foreach (char c in text)
        {
            if (_children[state].TryGetValue(c, out int next))
                state = next;
            else
                state = Any && c == '<' ? _children[0]['<'] : 0;
            if (state < 0)
                return false;
        }

        return true;
    }

    private void Add(string text)
    {
        int state = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i == text.Length - 1)
            {
                // Complete: forbidden.
                _children[state][text[i]] = -1;
            }
            else if (!_children[state].TryGetValue(text[i], out int next))
            {
                next = _children.Count;
                _children.Add([]);
                _children[state][text[i]] = next;
                state = next;
            }
            else
            {
                state = next;
            }
        }
    }
}
