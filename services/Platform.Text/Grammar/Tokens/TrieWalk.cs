namespace Platform.Text.Grammar;

/// <summary>
/// Tries tokens on the automaton, shared beginnings once. Looks at a bounded number of configurations; after that only at the tokens of a
/// single byte, which are enough to go on. Reused from walk to walk.
/// </summary>
internal sealed class TrieWalk(ByteAutomaton automaton, int words)
{
    private const long MaxWork = 4_000_000;

    private readonly AutomatonState[] _path = new AutomatonState[TokenTrie.MaxTokenBytes + 1];
    private readonly ulong[] _accepted = new ulong[words];
    private readonly List<int> _escapes = [];
    private long _work;

    /// <summary>The tokens found so far.</summary>
    public Span<ulong> Accepted => _accepted;

    /// <summary>Nodes where the rule ended and its caller would read on.</summary>
    public IReadOnlyList<int> Escapes => _escapes;

    /// <summary>The most ways that were open at once.</summary>
    public int MostConfigurations { get; private set; }

    /// <summary>The most stack levels that were asked for.</summary>
    public int Deepest { get; private set; }

    public void Begin()
    {
        Array.Clear(_accepted);
        _escapes.Clear();
        _work = 0;
        MostConfigurations = Deepest = 0;
    }

    /// <summary>Tries every token of a tree.</summary>
    public void All(TokenTrie trie, AutomatonState from) => Walk(trie, 0, trie.Count, 0, from);

    /// <summary>Tries the tokens below a node.</summary>
    public void Below(TokenTrie trie, int node, AutomatonState from) => Walk(trie, node + 1, trie.EndOf[node], trie.Depths[node], from);

    private void Walk(TokenTrie trie, int at, int end, int depth, AutomatonState from)
    {
        _path[0] = from;
        MostConfigurations = Math.Max(MostConfigurations, from.Configurations.Length);
        while (at < end)
        {
            int level = trie.Depths[at] - depth;
            var state = automaton.Step(_path[level - 1], trie.Values[at]);
            _work += 1 + state.Configurations.Length;
            if (state.IsDead || (_work > MaxWork && trie.Depths[at] > 1))
            {
                at = trie.EndOf[at];
                continue;
            }

            Take(trie, at, state);
            _path[level] = state;
            at = state.Configurations.IsEmpty ? trie.EndOf[at] : at + 1;
        }
    }

    private void Take(TokenTrie trie, int at, AutomatonState state)
    {
        int token = trie.Tokens[at];
        if (token >= 0)
            _accepted[token >> 6] |= 1UL << (token & 63);
        MostConfigurations = Math.Max(MostConfigurations, state.Configurations.Length);
        Deepest = Math.Max(Deepest, state.Deepest);
        if (state.Escapes && trie.EndOf[at] > at + 1)
            _escapes.Add(at);
    }
}
