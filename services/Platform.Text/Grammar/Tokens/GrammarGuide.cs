namespace Platform.Text.Grammar;

/// <summary>
/// Leads one answer through a grammar, from the end of its thinking block on. What it allows is a function of the ids it is shown; what
/// it remembers between calls only saves reading them again, and ids that were taken back are noticed.
/// </summary>
public sealed class GrammarGuide
{
    private readonly TokenAutomaton _automaton;
    private readonly bool _startsInReasoning;
    private readonly List<int> _ids = [];

    // What was reached after each id; the first entry stands before all of them.
    private readonly List<Position> _reached = [];
    private ulong[]? _bits;
    private int[] _listed = [];
    private int _forgotten;

    /// <summary>Begins an answer.</summary>
    /// <param name="automaton">The grammar.</param>
    /// <param name="startsInReasoning">Whether the prompt ends inside an open thinking block.</param>
    public GrammarGuide(TokenAutomaton automaton, bool startsInReasoning)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        _automaton = automaton;
        _startsInReasoning = startsInReasoning;
    }

    private readonly record struct Position(AutomatonState? State, int TagProgress);

    /// <summary>What may follow the ids generated so far. The engine thread may call it; it allocates only while something is new.</summary>
    /// <param name="generated">All ids of the answer so far, thinking included.</param>
    /// <exception cref="InvalidOperationException">The ids left the grammar.</exception>
    public NextTokens Next(ReadOnlySpan<int> generated)
    {
        lock (_automaton.Gate)
        {
            _automaton.Trim();
            Follow(generated);
            var at = _reached[^1];
            if (at.State is not { } state)
                return new NextTokens(_automaton.ReasoningMask(at.TagProgress), null, InReasoning: true);
            if (state.IsDead)
                throw new InvalidOperationException("The tokens of the answer left its grammar. They are probably another request's.");
            return Told(_automaton.Mask(state));
        }
    }

    private NextTokens Told(TokenMask mask)
    {
        if (mask.Bits is { } bits)
            return new NextTokens(bits, null, InReasoning: false);
        if (mask.Ids is [var only])
            return new NextTokens(null, only, InReasoning: false);
        _bits ??= new ulong[_automaton.Vocabulary.Words];
        foreach (int id in _listed)
            _bits[id >> 6] = 0;
        _listed = mask.Ids!;
        foreach (int id in _listed)
            _bits[id >> 6] |= 1UL << (id & 63);
        return new NextTokens(_bits, null, InReasoning: false);
    }

    private void Follow(ReadOnlySpan<int> generated)
    {
        Refresh();
        int same = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids).CommonPrefixLength(generated);
        if (same < _ids.Count)
        {
            _reached.RemoveRange(same + 1, _ids.Count - same);
            _ids.RemoveRange(same, _ids.Count - same);
        }

        foreach (int id in generated[same..])
        {
            _reached.Add(After(_reached[^1], id));
            _ids.Add(id);
        }
    }

    // States made before everything was forgotten would keep all of it alive.
    private void Refresh()
    {
        if (_reached.Count > 0 && _forgotten == _automaton.Forgotten)
            return;
        _forgotten = _automaton.Forgotten;
        _reached.Clear();
        _reached.Add(_startsInReasoning ? default : new Position(_automaton.Start(afterReasoning: false), 0));
        foreach (int id in _ids)
            _reached.Add(After(_reached[^1], id));
    }

    private Position After(Position at, int id)
    {
        var tokenizer = _automaton.Vocabulary.Tokenizer;
        if (at.State is { } state)
            return Array.IndexOf(_automaton.Vocabulary.StopIds, id) >= 0 ? at : at with { State = Spoken(state, id) };
        // Special tokens are no text, so they neither begin nor break a tag.
        if (tokenizer.IsSpecial(id))
            return at;
        int progress = at.TagProgress;
        var bytes = tokenizer.TokenBytes(id);
        int read = ThinkingTag.Read(bytes, ref progress);
        return progress < ThinkingTag.Length
            ? new Position(null, progress)
            : new Position(_automaton.Step(_automaton.Start(afterReasoning: true), bytes[read..]), 0);
    }

    private AutomatonState Spoken(AutomatonState state, int id)
    {
        var tokenizer = _automaton.Vocabulary.Tokenizer;
        return tokenizer.IsSpecial(id) ? AutomatonState.Dead : _automaton.Step(state, tokenizer.TokenBytes(id));
    }
}
