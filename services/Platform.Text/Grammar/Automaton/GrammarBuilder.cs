using System.Runtime.InteropServices;

namespace Platform.Text.Grammar;

/// <summary>Collects rules and states within the limits.</summary>
internal sealed class GrammarBuilder(GrammarLimits limits, CancellationToken cancellationToken)
{
    private readonly List<Draft> _states = [];
    private readonly List<GrammarRule> _rules = [];

    // Every edge takes memory as a state does, so that they share a bound.
    private int _edges;

    public GrammarLimits Limits => limits;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>A new rule with its first and last state.</summary>
    public RuleBuilder Rule(int min = 0, int max = -1)
    {
        int rule = _rules.Count;
        var builder = new RuleBuilder(this, rule, AddState(rule), AddState(rule));
        _rules.Add(new GrammarRule(builder.Start, min, max));
        CollectionsMarshal.AsSpan(_states)[builder.End].IsEnd = true;
        return builder;
    }

    public int AddState(int rule)
    {
        if (_states.Count >= limits.MaxStates)
            throw TooLarge();
        if (_states.Count % 256 == 0)
            cancellationToken.ThrowIfCancellationRequested();
        _states.Add(new Draft { Rule = rule });
        return _states.Count - 1;
    }

    public void AddBytes(int from, byte low, byte high, int to)
    {
        CountEdge();
        (CollectionsMarshal.AsSpan(_states)[from].Bytes ??= []).Add(new ByteEdge(low, high, to));
    }

    public void AddMove(int from, Move move)
    {
        CountEdge();
        (CollectionsMarshal.AsSpan(_states)[from].Moves ??= []).Add(move);
    }

    public void MarkText(int state, TextKind kind) => CollectionsMarshal.AsSpan(_states)[state].Text = kind;

    /// <summary>The grammar.</summary>
    /// <exception cref="GrammarException">No finite answer fits it.</exception>
    public CompiledGrammar Build(int root, int rootAfterReasoning)
    {
        var states = new GrammarState[_states.Count];
        for (int i = 0; i < states.Length; i++)
        {
            var draft = _states[i];
            states[i] = new GrammarState(draft.Rule, draft.Bytes?.ToArray() ?? [], draft.Moves?.ToArray() ?? [], draft.IsEnd, draft.Text);
        }

        var rules = _rules.ToArray();
        Heights.Compute(states, rules, cancellationToken);
        int needed = Heights.Of(states, rules, rootAfterReasoning);
        if (needed >= GrammarState.NoEnd)
        {
            throw new GrammarException(
                "No finite answer fits: what is required contradicts itself, or contains itself again without end. " +
                "Make the part that recurs optional, or allow null or an empty array there.");
        }

        if (needed > limits.MaxDepth)
        {
            throw new GrammarException(
                $"The smallest answer is nested {needed} levels deep; at most {limits.MaxDepth} are possible. Flatten it.");
        }

        return new CompiledGrammar(states, rules, root, rootAfterReasoning, limits.MaxDepth);
    }

    private void CountEdge()
    {
        if (++_edges > 4L * limits.MaxStates)
            throw TooLarge();
    }

    private GrammarException TooLarge() => new(
        $"The grammar needs more than {limits.MaxStates} states, the most that are taken. " +
        "Use fewer properties and enum values, smaller bounds in patterns, or fewer combinations of anyOf.");

    private struct Draft
    {
        public int Rule;
        public bool IsEnd;
        public TextKind Text;
        public List<ByteEdge>? Bytes;
        public List<Move>? Moves;
    }
}
