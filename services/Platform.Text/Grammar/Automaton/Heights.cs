namespace Platform.Text.Grammar;

/// <summary>
/// How many stack levels the shortest way to a rule's end needs from each state. A way that has too few levels left is never begun, so
/// that a bounded stack cannot lead into a dead end; a state from which there is no way at all is never entered.
/// </summary>
internal static class Heights
{
    /// <summary>What the whole rule needs.</summary>
    public static int Of(GrammarState[] states, GrammarRule[] rules, int rule)
    {
        var start = states[rules[rule].Start];
        return rules[rule].Min > 0 ? start.HeightBelowMin : start.HeightFromMin;
    }

    /// <summary>Fills the heights of all states: each is lowered until nothing changes, by way of those that come before it.</summary>
    public static void Compute(GrammarState[] states, GrammarRule[] rules, CancellationToken cancellationToken)
    {
        var before = Predecessors(states, rules);
        var waiting = new Queue<int>();
        var queued = new bool[states.Length];
        for (int i = 0; i < states.Length; i++)
        {
            if (states[i].IsEnd)
                Enqueue(i);
        }

        int turns = 0;
        while (waiting.TryDequeue(out int at))
        {
            if (++turns % 4096 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            queued[at] = false;
            if (!Lower(states, rules, at))
                continue;
            foreach (int previous in before[at])
                Enqueue(previous);
        }

        void Enqueue(int state)
        {
            if (queued[state])
                return;
            queued[state] = true;
            waiting.Enqueue(state);
        }
    }

    private static List<int>[] Predecessors(GrammarState[] states, GrammarRule[] rules)
    {
        var before = new List<int>[states.Length];
        for (int i = 0; i < states.Length; i++)
            before[i] = [];
        for (int i = 0; i < states.Length; i++)
        {
            foreach (var edge in states[i].Bytes)
                before[edge.Target].Add(i);
            foreach (var move in states[i].Moves)
            {
                before[move.Target].Add(i);
                if (move.Kind == MoveKind.Call)
                    before[rules[move.Rule].Start].Add(i);
            }
        }

        return before;
    }

    private static bool Lower(GrammarState[] states, GrammarRule[] rules, int at)
    {
        var state = states[at];
        int belowMin = state.IsEnd ? 0 : state.HeightBelowMin;
        int fromMin = state.IsEnd ? 0 : state.HeightFromMin;
        foreach (var edge in state.Bytes)
        {
            belowMin = Math.Min(belowMin, states[edge.Target].HeightBelowMin);
            fromMin = Math.Min(fromMin, states[edge.Target].HeightFromMin);
        }

        foreach (var move in state.Moves)
        {
            var target = states[move.Target];
            int called = move.Kind == MoveKind.Call ? Called(states, rules, move, target) : 0;
            fromMin = Math.Min(fromMin, Math.Max(called, target.HeightFromMin));
            if (move.Kind == MoveKind.Step)
                belowMin = Math.Min(belowMin, Math.Min(target.HeightBelowMin, target.HeightFromMin));
            else if (move.Kind != MoveKind.Leave)
                belowMin = Math.Min(belowMin, Math.Max(called, target.HeightBelowMin));
        }

        if (belowMin == state.HeightBelowMin && fromMin == state.HeightFromMin)
            return false;
        state.HeightBelowMin = belowMin;
        state.HeightFromMin = fromMin;
        return true;
    }

    private static int Called(GrammarState[] states, GrammarRule[] rules, Move move, GrammarState target)
    {
        int height = Of(states, rules, move.Rule);
        return height >= GrammarState.NoEnd ? height : height + (target.OnlyEnds ? 0 : 1);
    }
}
