namespace Platform.Text.Grammar;

/// <summary>
/// Follows moves that read no byte until only configurations remain that need one. Bounded: what lies beyond the bounds is left out, which
/// makes the language smaller and never leads into a dead end, since every configuration that is kept can be brought to an end.
/// </summary>
/// <remarks>The order of what is kept depends on the bytes read alone, never on what is cached, so that all machines leave out the same.</remarks>
internal sealed class Closure(CompiledGrammar grammar, FrameTable frames)
{
    /// <summary>Ways kept at once.</summary>
    public const int MaxConfigurations = 4096;

    private const int MaxVisits = 16 * MaxConfigurations;

    private readonly List<Configuration> _kept = [];
    private readonly HashSet<Configuration> _seen = [];
    private readonly Stack<Configuration> _open = new();
    private bool _mayEnd;
    private bool _escapes;
    private int _deepest;
    private bool _alone;

    /// <summary>Forgets what was added.</summary>
    /// <param name="alone">Whether a rule is looked at by itself, not knowing what called it.</param>
    public void Begin(bool alone)
    {
        _alone = alone;
        _kept.Clear();
        _seen.Clear();
        _open.Clear();
        _mayEnd = _escapes = false;
        _deepest = 0;
    }

    /// <summary>Adds a configuration and all that it leads to without a byte.</summary>
    public void Add(Configuration configuration)
    {
        _open.Push(configuration);
        while (_open.TryPop(out var next))
        {
            if (_kept.Count >= MaxConfigurations || _seen.Count >= MaxVisits)
            {
                _open.Clear();
                return;
            }

            if (Fits(next) && _seen.Add(next))
                Follow(next);
        }
    }

    public AutomatonState Result() =>
        _kept.Count == 0 && !_mayEnd && !_escapes ? AutomatonState.Dead : new AutomatonState([.. _kept], _mayEnd, _escapes, _alone ? _deepest : -1);

    private bool Fits(Configuration configuration)
    {
        var state = grammar.States[configuration.State];
        int height = configuration.Count < grammar.Rules[state.Rule].Min ? state.HeightBelowMin : state.HeightFromMin;
        if (height >= GrammarState.NoEnd)
            return false;
        _deepest = Math.Max(_deepest, configuration.Frame.Depth + height);
        return configuration.Frame.Depth + height <= grammar.MaxDepth;
    }

    private void Follow(Configuration at)
    {
        var state = grammar.States[at.State];
        if (state.Bytes.Length > 0)
            _kept.Add(at);
        // The stack gives back the last first.
        for (int i = state.Moves.Length - 1; i >= 0; i--)
            Follow(at, state, state.Moves[i]);
        if (state.IsEnd)
            End(at.Frame);
    }

    private void Follow(Configuration at, GrammarState state, Move move)
    {
        var rule = grammar.Rules[state.Rule];
        switch (move.Kind)
        {
            case MoveKind.Free:
                _open.Push(at with { State = move.Target });
                break;
            case MoveKind.Step when rule.Stepped(at.Count) is >= 0 and var stepped:
                _open.Push(new Configuration(move.Target, stepped, at.Frame));
                break;
            case MoveKind.Leave when at.Count >= rule.Min:
                _open.Push(at with { State = move.Target });
                break;
            case MoveKind.Call:
                Call(at, move);
                break;
        }
    }

    private void Call(Configuration at, Move move)
    {
        var start = grammar.Rules[move.Rule].Start;
        if (grammar.States[move.Target].OnlyEnds)
            _open.Push(new Configuration(start, 0, at.Frame));
        else if (Fits(at with { State = move.Target }))
            _open.Push(new Configuration(start, 0, frames.On(at.Frame, move.Target, at.Count)));
    }

    private void End(StackFrame frame)
    {
        if (frame == StackFrame.Root)
            _mayEnd = true;
        else if (frame == StackFrame.Unknown)
            _escapes = true;
        else
            _open.Push(new Configuration(frame.State, frame.Count, frame.Parent!));
    }
}
