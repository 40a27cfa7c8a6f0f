using System.Text;

namespace Platform.Text.Grammar;

/// <summary>The tokens that are made of plain characters of one kind only, by their number of characters; and the tree of all others.</summary>
internal sealed class PlainTokens
{
    private readonly int _words;
    private readonly (int Id, int Characters)[] _byLength;
    private readonly TokenMask?[] _upTo;

    private PlainTokens((int, int)[] byLength, TokenTrie others, int words)
    {
        _words = words;
        _byLength = byLength;
        Others = others;
        Longest = byLength.Length == 0 ? 0 : byLength[^1].Item2;
        _upTo = new TokenMask?[Longest + 1];
    }

    /// <summary>Characters of the longest plain token.</summary>
    public int Longest { get; }

    /// <summary>The tokens that need a look.</summary>
    public TokenTrie Others { get; }

    public static PlainTokens Of(Tokenizer tokenizer, IReadOnlyList<int> ids, TextKind kind, int words)
    {
        var plain = new List<(int Id, int Characters)>();
        var others = new List<int>();
        foreach (int id in ids)
        {
            int characters = Characters(tokenizer.TokenBytes(id), kind);
            if (characters > 0)
                plain.Add((id, characters));
            else
                others.Add(id);
        }

        plain.Sort((a, b) => (a.Characters, a.Id).CompareTo((b.Characters, b.Id)));
        return new PlainTokens([.. plain], TokenTrie.Of(tokenizer, others), words);
    }

    /// <summary>The plain tokens of at most so many characters; negative: all of them.</summary>
    public TokenMask UpTo(int characters)
    {
        if (characters < 0 || characters > Longest)
            characters = Longest;
        if (_upTo[characters] is { } known)
            return known;
        var bits = new ulong[_words];
        foreach (var (id, length) in _byLength)
        {
            if (length > characters)
                break;
            bits[id >> 6] |= 1UL << (id & 63);
        }

        return _upTo[characters] = TokenMask.Of(bits);
    }

    private static int Characters(ReadOnlySpan<byte> bytes, TextKind kind)
    {
        if (kind == TextKind.Free)
            return bytes.Contains((byte)'<') ? 0 : 1;
        int count = 0;
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out int used) != System.Buffers.OperationStatus.Done || !IsPlain(rune.Value, kind))
                return 0;
            bytes = bytes[used..];
            count++;
        }

        return count;
    }

    private static bool IsPlain(int character, TextKind kind) => kind switch
    {
        TextKind.Json => character >= ' ' && character is not ('"' or '\\'),
        TextKind.JsonWithoutTags => character >= ' ' && character is not ('"' or '\\' or '<'),
        _ => character is not ('<' or '\r'),
    };
}
