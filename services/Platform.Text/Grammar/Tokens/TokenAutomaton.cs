namespace Platform.Text.Grammar;

/// <summary>
/// A grammar over a vocabulary: tells which tokens may come next. What it finds out about a state is kept and shared by all answers with
/// this grammar, within a bound on bytes.
/// </summary>
/// <remarks>
/// A state's mask is the union over the ways to have come there. For each way, the part that does not depend on the rules around it is
/// computed once per state of the grammar; only tokens that run past the end of their rule are tried against the actual stack.
/// What the mask says is a function of the grammar, the vocabulary and the bytes read, whatever is or was cached.
/// </remarks>
public sealed class TokenAutomaton
{
    // With more ways open, one bounded walk over the vocabulary for all of them is less work than one for each.
    private const int MaxAlone = 64;

    private readonly ByteAutomaton _bytes;
    private readonly TrieWalk _alone;
    private readonly TrieWalk _walk;
    private readonly Dictionary<(int State, int Count), StateAlone> _states = [];
    private readonly ulong[]?[] _reasoning = new ulong[]?[ThinkingTag.Length];
    private readonly long _maxBytes;
    private long _maskBytes;

    /// <summary>Joins the two. The first grammar of a kind takes a while, for the trees of tokens that it needs; so not on the engine thread.</summary>
    /// <param name="grammar">What may be said.</param>
    /// <param name="vocabulary">In which tokens.</param>
    /// <param name="maxBytes">What may be kept, roughly; beyond it all is forgotten and found out again.</param>
    public TokenAutomaton(CompiledGrammar grammar, TokenVocabulary vocabulary, long maxBytes = 16L << 20)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 64L << 10);
        Vocabulary = vocabulary;
        _bytes = new ByteAutomaton(grammar);
        _alone = new TrieWalk(_bytes, vocabulary.Words);
        _walk = new TrieWalk(_bytes, vocabulary.Words);
        _maxBytes = maxBytes;
        vocabulary.Prepare(grammar);
    }

    /// <summary>The vocabulary it speaks in.</summary>
    public TokenVocabulary Vocabulary { get; }

    /// <summary>What is kept now, in bytes, roughly.</summary>
    public long CachedBytes
    {
        get
        {
            lock (Gate)
                return _bytes.Bytes + _maskBytes;
        }
    }

    /// <summary>Held while anything here is used.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Counts how often everything was forgotten.</summary>
    internal int Forgotten { get; private set; }

    /// <summary>The state before the first token.</summary>
    internal AutomatonState Start(bool afterReasoning) =>
        _bytes.Start(afterReasoning ? _bytes.Grammar.RootAfterReasoning : _bytes.Grammar.Root);

    internal AutomatonState Step(AutomatonState from, ReadOnlySpan<byte> bytes) => _bytes.Step(from, bytes);

    /// <summary>The tokens that may come next, end ids included where the answer may end.</summary>
    internal TokenMask Mask(AutomatonState state)
    {
        if (state.Mask is { } known)
            return known;
        var near = Representative(state);
        var mask = near.Mask ??= MakeMask(near);
        state.Mask = mask;
        return mask;
    }

    /// <summary>The tokens that may come next inside a thinking block: all but the ids that end an answer, and but those that would both
    /// close the block and begin the answer wrongly.</summary>
    /// <param name="progress">Bytes of the closing tag that have been read.</param>
    internal ulong[] ReasoningMask(int progress) => _reasoning[progress] ??= MakeReasoningMask(progress);

    /// <summary>Forgets what is kept if it has grown past the bound.</summary>
    internal void Trim()
    {
        if (_bytes.Bytes + _maskBytes <= _maxBytes)
            return;
        _bytes.Clear();
        _states.Clear();
        _maskBytes = 0;
        Forgotten++;
    }

    // Counters far from their bounds are taken for one value, so that a long bounded text does not have a mask per character.
    private AutomatonState Representative(AutomatonState state)
    {
        Configuration[]? near = null;
        for (int i = 0; i < state.Configurations.Length; i++)
        {
            var at = state.Configurations[i];
            int count = RuleOf(at).Representative(at.Count, Vocabulary.LongestToken + 2);
            if (count == at.Count)
                continue;
            near ??= state.Configurations.ToArray();
            near[i] = at with { Count = count };
        }

        return near is null ? state : _bytes.Of(near, state.MayEnd);
    }

    private TokenMask MakeMask(AutomatonState state)
    {
        _walk.Begin();
        int open = 0;
        bool exact = state.Configurations.Length > MaxAlone;
        foreach (var configuration in exact ? [] : state.Configurations)
        {
            var alone = Alone(configuration);
            open += alone.MostConfigurations;
            exact |= configuration.Frame.Depth + alone.Deepest > _bytes.Grammar.MaxDepth;
            if (exact || open > Closure.MaxConfigurations)
                break;
            alone.Accepted.AddTo(_walk.Accepted);
            AddPlain(configuration);
            if (configuration.Frame != StackFrame.Root)
                open += ReadOn(alone, _bytes.Return(configuration.Frame));
        }

        if (exact || open > Closure.MaxConfigurations)
        {
            // Near the bounds only the whole state tells what is left out, and with many ways it costs less.
            _walk.Begin();
            _walk.All(Vocabulary.All, state);
        }

        if (state.MayEnd)
            AddStopIds();
        var mask = TokenMask.Of(_walk.Accepted);
        _maskBytes += mask.Bytes;
        return mask;
    }

    private int ReadOn(StateAlone alone, AutomatonState caller)
    {
        if (caller.Configurations.IsEmpty)
            return 0;
        foreach (int node in alone.Escapes)
            _walk.Below(alone.Trie, node, caller);
        return alone.Escapes.Length == 0 ? 0 : _walk.MostConfigurations;
    }

    private void AddPlain(Configuration configuration)
    {
        if (StateOf(configuration).Text is not (not TextKind.None and var kind))
            return;
        int max = RuleOf(configuration).Max;
        // The step for the next character is taken already.
        Vocabulary.Plain(kind).UpTo(max < 0 ? -1 : max - configuration.Count + 1).AddTo(_walk.Accepted);
    }

    private void AddStopIds()
    {
        foreach (int id in Vocabulary.StopIds)
            _walk.Accepted[id >> 6] |= 1UL << (id & 63);
    }

    private StateAlone Alone(Configuration configuration)
    {
        var key = (configuration.State, configuration.Count);
        if (_states.TryGetValue(key, out var known))
            return known;
        var kind = StateOf(configuration).Text;
        var trie = kind == TextKind.None ? Vocabulary.All : Vocabulary.Plain(kind).Others;
        _alone.Begin();
        _alone.All(trie, _bytes.Alone(configuration.State, configuration.Count));
        var found = new StateAlone(
            trie, TokenMask.Of(_alone.Accepted), [.. _alone.Escapes], _alone.MostConfigurations, _alone.Deepest);
        _maskBytes += found.Bytes;
        return _states[key] = found;
    }

    private ulong[] MakeReasoningMask(int progress)
    {
        var bits = new ulong[Vocabulary.Words];
        Array.Fill(bits, ulong.MaxValue);
        foreach (int id in Vocabulary.StopIds)
            bits[id >> 6] &= ~(1UL << (id & 63));
        var start = Start(afterReasoning: true);
        foreach (var (id, rest) in Vocabulary.ClosingTokens(progress))
        {
            if (Step(start, Vocabulary.Tokenizer.TokenBytes(id)[rest..]).IsDead)
                bits[id >> 6] &= ~(1UL << (id & 63));
        }

        return bits;
    }

    private GrammarState StateOf(Configuration configuration) => _bytes.Grammar.States[configuration.State];

    private GrammarRule RuleOf(Configuration configuration) => _bytes.Grammar.Rules[StateOf(configuration).Rule];
}
