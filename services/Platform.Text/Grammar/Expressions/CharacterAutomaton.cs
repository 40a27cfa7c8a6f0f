namespace Platform.Text.Grammar;

/// <summary>A nondeterministic automaton over characters, without empty moves. Every state can be reached and can reach an end.</summary>
/// <param name="Edges">By state.</param>
/// <param name="IsEnd">By state.</param>
/// <remarks>State 0 is the start. Without states it accepts nothing.</remarks>
internal sealed record CharacterAutomaton(IReadOnlyList<IReadOnlyList<(CodePointSet Set, int Target)>> Edges, IReadOnlyList<bool> IsEnd)
{
    public bool IsEmpty => IsEnd.Count == 0;

    /// <summary>Whether some accepted text has a character.</summary>
    public bool MayContain(int character) => Edges.Any(edges => edges.Any(edge => edge.Set.Contains(character)));

    /// <summary>The texts of this that also obey a rule about prefixes.</summary>
    /// <param name="start">The rule's first state.</param>
    /// <param name="step">Splits an edge's characters by the rule's next state; leaves out what the rule forbids.</param>
    /// <param name="mayEnd">Whether the rule allows an end.</param>
    /// <param name="maxStates">The most states of the result.</param>
    /// <param name="tooLarge">What to throw beyond it.</param>
    public CharacterAutomaton Both(
        int start, Func<int, CodePointSet, IEnumerable<(CodePointSet Set, int Next)>> step, Func<int, bool> mayEnd, int maxStates, Func<Exception> tooLarge)
    {
        if (IsEmpty)
            return this;
        var numbers = new Dictionary<(int, int), int> { [(0, start)] = 0 };
        var order = new List<(int State, int Rule)> { (0, start) };
        var edges = new List<IReadOnlyList<(CodePointSet, int)>>();
        var ends = new List<bool>();
        for (int at = 0; at < order.Count; at++)
        {
            var (state, rule) = order[at];
            var from = new List<(CodePointSet, int)>();
            foreach (var (set, target) in Edges[state])
            {
                foreach (var (part, next) in step(rule, set))
                {
                    if (part.IsEmpty)
                        continue;
                    if (!numbers.TryGetValue((target, next), out int number))
                    {
                        if (order.Count >= maxStates)
                            throw tooLarge();
                        numbers[(target, next)] = number = order.Count;
                        order.Add((target, next));
                    }

                    from.Add((part, number));
                }
            }

            edges.Add(from);
            ends.Add(IsEnd[state] && mayEnd(rule));
        }

        return new CharacterAutomaton(edges, ends).Trimmed();
    }

    /// <summary>Without the states that cannot reach an end.</summary>
    public CharacterAutomaton Trimmed()
    {
        var useful = Useful();
        if (IsEmpty || !useful[0])
            return new CharacterAutomaton([], []);
        int[] numbers = new int[useful.Length];
        int count = 0;
        for (int i = 0; i < useful.Length; i++)
            numbers[i] = useful[i] ? count++ : -1;
        var edges = new List<IReadOnlyList<(CodePointSet, int)>>();
        var ends = new List<bool>();
        for (int i = 0; i < useful.Length; i++)
        {
            if (!useful[i])
                continue;
            edges.Add([.. Edges[i].Where(edge => useful[edge.Target]).Select(edge => (edge.Set, numbers[edge.Target]))]);
            ends.Add(IsEnd[i]);
        }

        return new CharacterAutomaton(edges, ends);
    }

    private bool[] Useful()
    {
        var before = new List<int>[IsEnd.Count];
        for (int i = 0; i < before.Length; i++)
            before[i] = [];
        for (int i = 0; i < before.Length; i++)
        {
            foreach (var (_, target) in Edges[i])
                before[target].Add(i);
        }

        var useful = new bool[IsEnd.Count];
        var open = new Stack<int>(Enumerable.Range(0, IsEnd.Count).Where(i => IsEnd[i]));
        while (open.TryPop(out int at))
        {
            if (useful[at])
                continue;
            useful[at] = true;
            foreach (int previous in before[at])
                open.Push(previous);
        }

        return useful;
    }
}
