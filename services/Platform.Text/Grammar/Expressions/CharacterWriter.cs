namespace Platform.Text.Grammar;

/// <summary>Draws edges that read one character of a set as it is spelled in the answer: UTF-8, and in a JSON string with escapes.</summary>
internal sealed class CharacterWriter(RuleBuilder rule, bool inJsonString)
{
    private static readonly CodePointSet Escaped = CodePointSet.Of([(0, 0x1F), ('"', '"'), ('\\', '\\')]);

    // The last bytes of many characters are the same.
    private readonly Dictionary<(int Low, int High, int Next), int> _tails = [];
    private readonly Dictionary<(string Tail, int Next), int> _escapes = [];

    public void Read(int from, CodePointSet characters, int to)
    {
        var plain = inJsonString ? characters.Except(Escaped) : characters;
        foreach (var (low, high) in plain.Ranges)
            Range(from, low, high, to);
        if (!inJsonString)
            return;
        foreach (var (low, high) in characters.And(Escaped).Ranges)
        {
            for (int c = low; c <= high; c++)
                Escape(from, JsonSpelling.Escape((char)c), to);
        }
    }

    private void Escape(int from, string spelled, int to)
    {
        int state = from;
        for (int i = 0; i < spelled.Length; i++)
        {
            string tail = $"{from}{spelled[..(i + 1)]}";
            if (i == spelled.Length - 1)
            {
                rule.Byte(state, spelled[i], to);
            }
            else if (_escapes.TryGetValue((tail, to), out int known))
            {
                state = known;
            }
            else
            {
                int next = rule.State();
                rule.Byte(state, spelled[i], next);
                _escapes[(tail, to)] = state = next;
            }
        }
    }

    // Characters of one length whose bytes vary independently are one product of byte ranges; others are cut until they are.
    private void Range(int from, int low, int high, int to)
    {
        foreach (int last in (int[])[0x7F, 0x7FF, 0xFFFF])
        {
            if (low <= last && high > last)
            {
                Range(from, low, last, to);
                Range(from, last + 1, high, to);
                return;
            }
        }

        int length = low <= 0x7F ? 1 : low <= 0x7FF ? 2 : low <= 0xFFFF ? 3 : 4;
        for (int i = 1; i < length; i++)
        {
            int mask = (1 << (6 * i)) - 1;
            if ((low & ~mask) == (high & ~mask))
                continue;
            int cut = (low & mask) != 0 ? low | mask : (high & mask) != mask ? (high & ~mask) - 1 : -1;
            if (cut < 0)
                continue;
            Range(from, low, cut, to);
            Range(from, cut + 1, high, to);
            return;
        }

        Product(from, low, high, length, to);
    }

    private void Product(int from, int low, int high, int length, int to)
    {
        Span<byte> first = stackalloc byte[length];
        Span<byte> last = stackalloc byte[length];
        new System.Text.Rune(low).EncodeToUtf8(first);
        new System.Text.Rune(high).EncodeToUtf8(last);
        int next = to;
        for (int i = length - 1; i > 0; i--)
            next = Tail(first[i], last[i], next);
        rule.Bytes(from, first[0], last[0], next);
    }

    private int Tail(int low, int high, int next)
    {
        if (_tails.TryGetValue((low, high, next), out int known))
            return known;
        int state = rule.State();
        rule.Bytes(state, low, high, next);
        return _tails[(low, high, next)] = state;
    }
}
