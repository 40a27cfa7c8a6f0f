namespace Platform.Text;

/// <summary>One thread's storage for encoding, and counts of what was done with it.</summary>
internal sealed class EncodingWork
{
    /// <summary>What is kept between calls, in elements; a larger text's storage is given back.</summary>
    private const int KeptCapacity = 1 << 18;

    [ThreadStatic]
    private static EncodingWork? _current;

    private byte[] _utf8 = new byte[1024];

    /// <summary>This thread's own.</summary>
    public static EncodingWork Current => _current ??= new EncodingWork();

    public IdBuffer Ids { get; } = new();

    public BytePairMerger Merger { get; } = new();

    public long Pieces { get; set; }

    public long CacheHits { get; set; }

    public long MergeSteps { get; set; }

    public void Begin()
    {
        Ids.Clear();
        (Pieces, CacheHits, MergeSteps) = (0, 0, 0);
    }

    /// <summary>Room for a piece's bytes.</summary>
    public Span<byte> Utf8(int length)
    {
        if (_utf8.Length < length)
            _utf8 = new byte[Math.Max(length, _utf8.Length * 2)];
        return _utf8;
    }

    public void End()
    {
        Ids.Trim(KeptCapacity);
        Merger.Trim(KeptCapacity);
        if (_utf8.Length > KeptCapacity)
            _utf8 = new byte[1024];
    }
}
