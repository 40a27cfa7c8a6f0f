namespace Platform.Text.Grammar;

/// <summary>
/// Tokens as a tree of bytes, laid out depth first: a node's descendants follow it, up to <see cref="EndOf"/>. Two tokens of the same
/// bytes share a node, which names the lower id.
/// </summary>
internal sealed class TokenTrie
{
    /// <summary>Longer tokens are left out; they never are the only way on.</summary>
    public const int MaxTokenBytes = 255;

    private readonly List<byte> _bytes = [];
    private readonly List<int> _ends = [];
    private readonly List<byte> _depths = [];
    private readonly List<int> _tokens = [];

    private TokenTrie()
    {
    }

    /// <summary>Nodes; the root is none.</summary>
    public int Count => Values.Length;

    /// <summary>The byte that leads to each node.</summary>
    public byte[] Values { get; private set; } = [];

    /// <summary>One past the last descendant of each node.</summary>
    public int[] EndOf { get; private set; } = [];

    /// <summary>Bytes from the root to each node, itself included.</summary>
    public byte[] Depths { get; private set; } = [];

    /// <summary>The token that ends at each node, or -1.</summary>
    public int[] Tokens { get; private set; } = [];

    /// <summary>A tree of these tokens, none of which is empty.</summary>
    public static TokenTrie Of(Tokenizer tokenizer, IEnumerable<int> ids)
    {
        int[] sorted = [.. ids.Where(id => tokenizer.TokenBytes(id).Length <= MaxTokenBytes)];
        Array.Sort(sorted, (a, b) =>
        {
            int order = tokenizer.TokenBytes(a).SequenceCompareTo(tokenizer.TokenBytes(b));
            return order != 0 ? order : a.CompareTo(b);
        });
        var trie = new TokenTrie();
        trie.Fill(tokenizer, sorted);
        return trie;
    }

    private void Fill(Tokenizer tokenizer, int[] sorted)
    {
        var path = new Stack<int>();
        ReadOnlySpan<byte> previous = default;
        foreach (int id in sorted)
        {
            var bytes = tokenizer.TokenBytes(id);
            int common = previous.CommonPrefixLength(bytes);
            while (path.Count > common)
                _ends[path.Pop()] = _bytes.Count;
            for (int i = common; i < bytes.Length; i++)
            {
                path.Push(_bytes.Count);
                _bytes.Add(bytes[i]);
                _ends.Add(0);
                _depths.Add((byte)(i + 1));
                _tokens.Add(-1);
            }

            if (_tokens[path.Peek()] < 0)
                _tokens[path.Peek()] = id;
            previous = bytes;
        }

        while (path.TryPop(out int open))
            _ends[open] = _bytes.Count;
        (Values, EndOf, Depths, Tokens) = ([.. _bytes], [.. _ends], [.. _depths], [.. _tokens]);
        _bytes.Clear();
        _ends.Clear();
        _depths.Clear();
        _tokens.Clear();
    }
}
