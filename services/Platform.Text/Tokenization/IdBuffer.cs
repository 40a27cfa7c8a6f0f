namespace Platform.Text;

/// <summary>A growing list of ids whose storage is used again.</summary>
internal sealed class IdBuffer
{
    private int[] _ids = new int[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int id)
    {
        if (Count == _ids.Length)
            Array.Resize(ref _ids, _ids.Length * 2);
        _ids[Count++] = id;
    }

    public void AddRange(ReadOnlySpan<int> ids)
    {
        if (Count + ids.Length > _ids.Length)
            Array.Resize(ref _ids, Math.Max(_ids.Length * 2, Count + ids.Length));
        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Gives memory back that one large text needed.</summary>
    public void Trim(int capacity)
    {
        Count = 0;
        if (_ids.Length > capacity)
            _ids = new int[1024];
    }
}
