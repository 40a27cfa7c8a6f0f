namespace Platform.Text;

/// <summary>Collects tokens while files are read: finds the id of given bytes, refuses what contradicts itself.</summary>
internal sealed class VocabularyBuilder(string file)
{
    /// <summary>Ids are below this: sixteen times the released vocabularies.</summary>
    public const int IdLimit = 1 << 22;

    private const int LongestToken = 1 << 16;

    private readonly ByteStrings _tokens = new();
    private int[] _places = new int[1 << 16];
    private int _count;

    public int Count => _count;

    /// <summary>Adds a token by its bytes.</summary>
    /// <exception cref="TokenizerException">The id is out of range or taken, the bytes are there already, empty or too long.</exception>
    public void Add(ReadOnlySpan<byte> bytes, long id)
    {
        if (id is < 0 or >= IdLimit)
            throw Wrong($"id {id} of token {Show(bytes)} is not between 0 and {IdLimit - 1}");
        if (bytes.Length is 0 or > LongestToken)
            throw Wrong($"the token with id {id} has {bytes.Length} bytes, but 1 to {LongestToken} are allowed");
        if (!_tokens.Of((int)id).IsEmpty)
            throw Wrong($"id {id} is given to both {Show(_tokens.Of((int)id))} and {Show(bytes)}");
        ref var place = ref Place(bytes);
        if (place != 0)
            throw Wrong($"token {Show(bytes)} is given both id {place - 1} and id {id}");
        _tokens.Set((int)id, bytes);
        place = (int)id + 1;
        if (++_count * 2 > _places.Length)
            Grow();
    }

    /// <summary>The id of a token, or -1.</summary>
    public int Find(ReadOnlySpan<byte> bytes) => Place(bytes) - 1;

    /// <summary>The bytes of an id; empty if it has none yet.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => _tokens.Of(id);

    public TokenBytes Build() => _tokens.Build();

    /// <summary>The id of each single byte.</summary>
    /// <exception cref="TokenizerException">A byte has no token, so that some text could not be encoded.</exception>
    public int[] SingleByteIds()
    {
        var ids = new int[256];
        for (var value = 0; value < ids.Length; value++)
        {
            ids[value] = Find([(byte)value]);
            if (ids[value] < 0)
                throw Wrong($"byte 0x{value:X2} has no token of its own, so some text could not be encoded");
        }
        return ids;
    }

    public static string Show(ReadOnlySpan<byte> bytes) =>
        $"'{System.Text.Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 40)])}'";

    private TokenizerException Wrong(string found) =>
        new($"{file}: {found}. The file is damaged or not a byte-level BPE vocabulary; fetch the tokenizer files of the checkpoint again.");

    private ref int Place(ReadOnlySpan<byte> bytes)
    {
        var mask = _places.Length - 1;
        var place = (int)(Hash(bytes) & (uint)mask);
        while (_places[place] != 0 && !_tokens.Of(_places[place] - 1).SequenceEqual(bytes))
            place = (place + 1) & mask;
        return ref _places[place];
    }

    private void Grow()
    {
        var old = _places;
        _places = new int[old.Length * 4];
        foreach (var place in old)
        {
            if (place != 0)
                Place(_tokens.Of(place - 1)) = place;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in bytes)
            hash = (hash ^ value) * 1099511628211UL;
        return (uint)(hash ^ (hash >> 32)) ^ (uint)(hash >> 15);
    }

    /// <summary>Byte strings by id, in one growing block.</summary>
    private sealed class ByteStrings
    {
        private byte[] _block = new byte[1 << 16];
        private int[] _starts = new int[1 << 12];
        private int[] _lengths = new int[1 << 12];
        private int _used;
        private int _idCount;

        public ReadOnlySpan<byte> Of(int id) => id < _idCount ? _block.AsSpan(_starts[id], _lengths[id]) : default;

        public void Set(int id, ReadOnlySpan<byte> bytes)
        {
            if (_used + bytes.Length > _block.Length)
                Array.Resize(ref _block, Math.Max(_block.Length * 2, _used + bytes.Length));
            if (id >= _starts.Length)
            {
                Array.Resize(ref _starts, Math.Max(_starts.Length * 2, id + 1));
                Array.Resize(ref _lengths, _starts.Length);
            }
            bytes.CopyTo(_block.AsSpan(_used));
            (_starts[id], _lengths[id]) = (_used, bytes.Length);
            _used += bytes.Length;
            _idCount = Math.Max(_idCount, id + 1);
        }

        public TokenBytes Build() => new(_block.AsSpan(0, _used).ToArray(), _starts[.._idCount], _lengths[.._idCount], _idCount);
    }
}
