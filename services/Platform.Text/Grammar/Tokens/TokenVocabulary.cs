namespace Platform.Text.Grammar;

/// <summary>
/// A tokenizer's vocabulary as constrained decoding sees it: the tokens that spell text, as trees of bytes. Made once per model; safe to
/// share between threads.
/// </summary>
public sealed class TokenVocabulary
{
    private static readonly string[] CallTags = ["<tool_call>", "</tool_call>"];

    private readonly Tokenizer _tokenizer;
    private readonly int[] _textIds;
    private readonly Lazy<TokenTrie> _all;
    private readonly Lazy<PlainTokens>[] _plain;
    private readonly Lazy<(int Id, int Offset)[]>[] _closing;

    /// <summary>Looks through a vocabulary.</summary>
    /// <param name="tokenizer">Whose tokens they are.</param>
    /// <param name="stopIds">Ids that end an answer: they never stand for text.</param>
    /// <exception cref="GrammarException">Some byte is no token of its own, so that text could lead into a dead end.</exception>
    public TokenVocabulary(Tokenizer tokenizer, IReadOnlyCollection<int> stopIds)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(stopIds);
        _tokenizer = tokenizer;
        StopIds = [.. stopIds.Where(id => id < tokenizer.IdCount).Order()];
        Words = (tokenizer.IdCount + 63) / 64;
        _textIds = TextIds();
        RequireAllBytes();
        _all = new Lazy<TokenTrie>(() => TokenTrie.Of(tokenizer, _textIds));
        _plain = [.. Enum.GetValues<TextKind>().Select(kind => new Lazy<PlainTokens>(() => PlainTokens.Of(tokenizer, _textIds, kind, Words)))];
        _closing = [.. Enumerable.Range(0, ThinkingTag.Length).Select(progress => new Lazy<(int, int)[]>(() => Closing(progress)))];
        LongestToken = _textIds.Max(id => Math.Min(tokenizer.TokenBytes(id).Length, TokenTrie.MaxTokenBytes));
    }

    /// <summary>Ids that decode.</summary>
    public int IdCount => _tokenizer.IdCount;

    internal Tokenizer Tokenizer => _tokenizer;

    /// <summary>Whether an id ends an answer.</summary>
    public bool IsStop(int id) => Array.IndexOf(StopIds, id) >= 0;

    /// <summary>Words of a mask.</summary>
    internal int Words { get; }

    internal int[] StopIds { get; }

    /// <summary>Bytes of the longest token.</summary>
    internal int LongestToken { get; }

    /// <summary>All tokens that spell text.</summary>
    internal TokenTrie All => _all.Value;

    internal PlainTokens Plain(TextKind kind) => _plain[(int)kind].Value;

    /// <summary>Tokens that complete the tag that closes a thinking block and go on after it, and where.</summary>
    internal IReadOnlyList<(int Id, int Offset)> ClosingTokens(int progress) => _closing[progress].Value;

    private (int Id, int Offset)[] Closing(int begun)
    {
        var found = new List<(int, int)>();
        for (int id = 0; id < _tokenizer.IdCount; id++)
        {
            if (_tokenizer.IsSpecial(id))
                continue;
            int progress = begun;
            var bytes = _tokenizer.TokenBytes(id);
            int read = ThinkingTag.Read(bytes, ref progress);
            if (progress == ThinkingTag.Length && read < bytes.Length)
                found.Add((id, read));
        }

        return [.. found];
    }

    /// <summary>Makes the trees that a grammar needs.</summary>
    internal void Prepare(CompiledGrammar grammar)
    {
        _ = All;
        foreach (var kind in grammar.States.Select(state => state.Text).Distinct().Where(kind => kind != TextKind.None))
            _ = Plain(kind);
        _ = ClosingTokens(0);
        _ = ClosingTokens(ThinkingTag.Length - 1);
    }

    // Added tokens mean something to the chat format; inside constrained text only the tags of tool calls can stand.
    private int[] TextIds()
    {
        var added = _tokenizer.AddedTokens
            .Where(token => !CallTags.Contains(token.Content))
            .Select(token => token.Id)
            .Concat(StopIds)
            .ToHashSet();
        return [.. Enumerable.Range(0, _tokenizer.IdCount).Where(id => !added.Contains(id) && _tokenizer.TokenBytes(id).Length > 0)];
    }

    private void RequireAllBytes()
    {
        var found = new bool[256];
        foreach (int id in _textIds)
        {
            var bytes = _tokenizer.TokenBytes(id);
            if (bytes.Length == 1)
                found[bytes[0]] = true;
        }

        int missing = Array.IndexOf(found, false);
        if (missing >= 0)
        {
            throw new GrammarException(
                $"This model's vocabulary has no token for the single byte 0x{missing:X2}, so answers cannot be constrained. Ask without a format, or use another model.");
        }
    }
}
