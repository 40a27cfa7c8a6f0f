namespace Platform.Text.Grammar;

/// <summary>Keys of properties that a schema does not name.</summary>
internal static class KeyAutomaton
{
    // An escape would be a second spelling of a name; a tag's beginning has no place in a key.
    private static readonly CodePointSet Plain =
        CodePointSet.Of([(' ', CodePointSet.Highest)]).Except(CodePointSet.Of([('"', '"'), ('\\', '\\'), ('<', '<')]));

    /// <summary>All plain keys but some.</summary>
    public static CharacterAutomaton Except(IReadOnlyCollection<string> names)
    {
        // State 0 is the start of the tree of names, state 1 is off the tree.
        var children = new List<Dictionary<int, int>> { new(), new() };
        var isName = new HashSet<int>();
        foreach (string name in names)
        {
            int state = 0;
            foreach (var rune in name.EnumerateRunes())
            {
                if (!children[state].TryGetValue(rune.Value, out int next))
                {
                    children[state][rune.Value] = next = children.Count;
                    children.Add([]);
                }

                state = next;
            }

            isName.Add(state);
        }

        var edges = new List<IReadOnlyList<(CodePointSet, int)>>();
        foreach (var node in children)
        {
            var from = node.Select(child => (CodePointSet.One(child.Key).And(Plain), child.Value)).Where(edge => !edge.Item1.IsEmpty).ToList();
            from.Add((Plain.Except(CodePointSet.Of(node.Keys.Select(key => (key, key)))), 1));
            edges.Add(from);
        }

        return new CharacterAutomaton(edges, [.. Enumerable.Range(0, children.Count).Select(state => !isName.Contains(state))]);
    }
}
