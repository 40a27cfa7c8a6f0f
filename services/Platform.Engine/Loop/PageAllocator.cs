namespace Platform.Engine;

/// <summary>Who holds which page of the KV cache. Pages are numbers here; their memory belongs to <see cref="KvCache"/>. Engine thread only.</summary>
/// <remarks>A page has users (sequences that read it) and keepers (nodes of the prefix cache); it is free when it has neither, and idle when
/// only the cache keeps it. Only a page with one user and no keeper behind the user's length is ever written.</remarks>
internal sealed class PageAllocator
{
    /// <summary>Positions per page.</summary>
    public const int PageLength = 64;

    private readonly IndexPool _pool;
    private readonly int[] _users;
    private readonly int[] _keepers;

    public PageAllocator(int pages)
    {
        _pool = new IndexPool(pages, "KV page");
        _users = new int[pages];
        _keepers = new int[pages];
    }

    public int Total => _pool.Total;

    /// <summary>Pages that nobody holds.</summary>
    public int Free => _pool.Free;

    /// <summary>Pages that the cache keeps, in use or not.</summary>
    public int Kept { get; private set; }

    /// <summary>Pages that only the cache keeps: a sequence may have them once the cache lets them go.</summary>
    public int Idle { get; private set; }

    /// <summary>Pages that sequences could have.</summary>
    public int Available => Free + Idle;

    /// <summary>How many pages hold this many positions.</summary>
    public static int PagesFor(int positions) => (positions + PageLength - 1) / PageLength;

    /// <summary>Grows a sequence's page list until it holds <paramref name="positions"/>; all or nothing.</summary>
    /// <returns>False, with nothing taken, when too few pages are free.</returns>
    public bool TryGrow(List<int> pages, int positions)
    {
        var missing = PagesFor(positions) - pages.Count;
        if (missing > _pool.Free)
            return false;
        for (; missing > 0; missing--)
        {
            var page = _pool.Take();
            _users[page] = 1;
            pages.Add(page);
        }

        return true;
    }

    /// <summary>Takes every page of a sequence's list back and empties it.</summary>
    /// <exception cref="InvalidOperationException">A page of the list was free already: a bug in the engine.</exception>
    public void Release(List<int> pages)
    {
        foreach (var page in pages)
            Unuse(page);
        pages.Clear();
    }

    /// <summary>How many sequences use a page.</summary>
    public int UsersOf(int page) => _users[page];

    /// <summary>How many nodes of the cache keep a page.</summary>
    public int KeepersOf(int page) => _keepers[page];

    /// <summary>Whether only the cache keeps a page.</summary>
    public bool IsIdle(int page) => _keepers[page] > 0 && _users[page] == 0;

    /// <summary>One more sequence uses a page that is held already.</summary>
    public void Use(int page)
    {
        RequireHeld(page);
        if (_users[page]++ == 0)
            Idle--;
    }

    /// <summary>One sequence uses a page no longer.</summary>
    public void Unuse(int page)
    {
        if (page < 0 || page >= Total || _users[page] == 0)
            throw new InvalidOperationException($"KV page {page} of {Total} is returned but no sequence uses it.");
        if (--_users[page] > 0)
            return;
        if (_keepers[page] > 0)
            Idle++;
        else
            _pool.Return(page);
    }

    /// <summary>One more node of the cache keeps a page that is held already.</summary>
    public void Keep(int page)
    {
        RequireHeld(page);
        if (_keepers[page]++ == 0)
            Kept++;
    }

    /// <summary>One node of the cache keeps a page no longer.</summary>
    public void Drop(int page)
    {
        if (_keepers[page] == 0)
            throw new InvalidOperationException($"KV page {page} of {Total} is dropped but the cache does not keep it.");
        if (--_keepers[page] > 0)
            return;
        Kept--;
        if (_users[page] > 0)
            return;
        Idle--;
        _pool.Return(page);
    }

    private void RequireHeld(int page)
    {
        if (_users[page] == 0 && _keepers[page] == 0)
            throw new InvalidOperationException($"KV page {page} of {Total} is shared but nobody holds it.");
    }
}
