namespace Platform.Text.Grammar;

/// <summary>
/// Reads bytes by a grammar. Its states are made when they are first reached and shared after that, within a bound on bytes; beyond it
/// everything is forgotten and made again as needed. Not thread-safe.
/// </summary>
internal sealed class ByteAutomaton
{
    private readonly CompiledGrammar _grammar;
    private readonly FrameTable _frames = new();
    private readonly HashSet<AutomatonState> _states = [];
    private readonly Closure _closure;

    public ByteAutomaton(CompiledGrammar grammar)
    {
        _grammar = grammar;
        _closure = new Closure(grammar, _frames);
    }

    public CompiledGrammar Grammar => _grammar;

    /// <summary>What the states and frames take, roughly.</summary>
    public long Bytes { get; private set; }

    public int StateCount => _states.Count;

    /// <summary>Where a rule begins that nothing called.</summary>
    public AutomatonState Start(int rule) => After(new Configuration(_grammar.Rules[rule].Start, 0, StackFrame.Root));

    /// <summary>Where a call returns.</summary>
    public AutomatonState Return(StackFrame frame) => After(new Configuration(frame.State, frame.Count, frame.Parent!));

    /// <summary>Exactly these ways, none followed.</summary>
    public AutomatonState Of(ReadOnlySpan<Configuration> configurations, bool mayEnd)
    {
        var copies = new Configuration[configurations.Length];
        for (int i = 0; i < copies.Length; i++)
            copies[i] = configurations[i] with { Frame = _frames.Again(configurations[i].Frame) };
        return Known(new AutomatonState(copies, mayEnd, escapes: false, deepest: -1));
    }

    /// <summary>A state of a rule, looked at by itself.</summary>
    public AutomatonState Alone(int state, int count) =>
        Known(new AutomatonState([new Configuration(state, count, StackFrame.Unknown)], mayEnd: false, escapes: false, deepest: 0));

    /// <summary>Where a byte leads.</summary>
    public AutomatonState Step(AutomatonState from, byte value)
    {
        int byteClass = _grammar.Classes.Of(value);
        return from.Next?[byteClass] ?? MakeStep(from, value, byteClass);
    }

    /// <summary>Where several bytes lead.</summary>
    public AutomatonState Step(AutomatonState from, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            from = Step(from, value);
            if (from.IsDead)
                break;
        }

        return from;
    }

    public void Clear()
    {
        _states.Clear();
        _frames.Clear();
        Bytes = 0;
    }

    private AutomatonState MakeStep(AutomatonState from, byte value, int byteClass)
    {
        _closure.Begin(alone: from.Deepest >= 0);
        foreach (var configuration in from.Configurations)
        {
            foreach (var edge in _grammar.States[configuration.State].Bytes)
            {
                if (value >= edge.Low && value <= edge.High)
                    _closure.Add(configuration with { State = edge.Target });
            }
        }

        if (from.Next is null)
        {
            from.Next = new AutomatonState?[_grammar.Classes.Count];
            Bytes += 8L * _grammar.Classes.Count;
        }

        return from.Next[byteClass] = Known(_closure.Result());
    }

    private AutomatonState After(Configuration configuration)
    {
        _closure.Begin(alone: false);
        _closure.Add(configuration);
        return Known(_closure.Result());
    }

    private AutomatonState Known(AutomatonState made)
    {
        if (made.IsDead)
            return AutomatonState.Dead;
        if (_states.TryGetValue(made, out var known))
            return known;
        _states.Add(made);
        // The frames are counted with the configurations that use them.
        Bytes += 160 + 96L * made.Configurations.Length;
        return made;
    }
}
