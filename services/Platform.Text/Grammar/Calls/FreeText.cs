namespace Platform.Text.Grammar;

/// <summary>Draws text without form that may end anywhere, and in which one tag leads on.</summary>
internal sealed class FreeText(RuleBuilder rule, string opening, string forbidden)
{
    /// <summary>Draws it from the rule's start and returns the state after the tag.</summary>
    public int Draw()
    {
        int opened = rule.State();
        var prefixes = Prefixes(opening).Concat(Prefixes(forbidden)).Distinct().ToList();
        var states = prefixes.ToDictionary(prefix => prefix, _ => rule.State(), StringComparer.Ordinal);
        rule.Free(rule.Start, states[""]);
        rule.Grammar.MarkText(states[""], TextKind.Free);
        foreach (string prefix in prefixes)
        {
            rule.Free(states[prefix], rule.End);
            Read(states[prefix], prefix, states, opened);
        }

        return opened;
    }

    private static IEnumerable<string> Prefixes(string tag) => Enumerable.Range(0, tag.Length).Select(length => tag[..length]);

    private void Read(int from, string prefix, Dictionary<string, int> states, int opened)
    {
        var special = new SortedSet<byte> { (byte)'<' };
        foreach (string tag in (string[])[opening, forbidden])
        {
            if (!tag.StartsWith(prefix, StringComparison.Ordinal) || !special.Add((byte)tag[prefix.Length]) && tag[prefix.Length] != '<')
                continue;
            string longer = tag[..(prefix.Length + 1)];
            if (longer.Length < tag.Length && longer != "<")
                rule.Byte(from, longer[^1], states[longer]);
            else if (longer == opening)
                rule.Byte(from, longer[^1], opened);
        }

        rule.Byte(from, '<', states["<"]);
        int next = 0;
        foreach (byte value in special)
        {
            if (value > next)
                rule.Bytes(from, next, value - 1, states[""]);
            next = value + 1;
        }

        if (next <= 255)
            rule.Bytes(from, next, 255, states[""]);
    }
}
