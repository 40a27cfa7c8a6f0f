namespace Platform.Engine;

/// <summary>Who owns which page of the KV cache. Pages are numbers here; their memory belongs to <see cref="KvCache"/>. Engine thread only.</summary>
internal sealed class PageAllocator
{
    /// <summary>Positions per page.</summary>
    public const int PageLength = 64;

    private readonly IndexPool _pool;

    public PageAllocator(int pages) => _pool = new IndexPool(pages, "KV page");

    public int Total => _pool.Total;

    public int Free => _pool.Free;

    /// <summary>How many pages hold this many positions.</summary>
    public static int PagesFor(int positions) => (positions + PageLength - 1) / PageLength;

    /// <summary>Grows a page list until it holds <paramref name="positions"/>; all or nothing.</summary>
    /// <returns>False, with nothing taken, when too few pages are free.</returns>
    public bool TryGrow(List<int> pages, int positions)
    {
        var missing = PagesFor(positions) - pages.Count;
        if (missing > _pool.Free)
            return false;
        for (; missing > 0; missing--)
            pages.Add(_pool.Take());
        return true;
    }

    /// <summary>Takes every page of the list back and empties it.</summary>
    /// <exception cref="InvalidOperationException">A page of the list was free already: a bug in the engine.</exception>
    public void Release(List<int> pages)
    {
        foreach (var page in pages)
            _pool.Return(page);
        pages.Clear();
    }
}
