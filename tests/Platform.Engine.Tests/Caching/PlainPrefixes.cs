namespace Platform.Engine.Tests;

/// <summary>The tree beside a plain list of what was put into it, with a memory whose pages hold the keys themselves.</summary>
internal sealed class PlainPrefixes
{
    private readonly Dictionary<(string Salt, string Keys), (StateCheckpoint Checkpoint, long[] Keys)> _known = [];
    private readonly long[][] _memory;
    private readonly PrefixTree _tree;
    private int _slots;

    public PlainPrefixes(int pages)
    {
        Pages = new PageAllocator(pages);
        _memory = [.. Enumerable.Range(0, pages).Select(_ => new long[PageAllocator.PageLength])];
        _tree = new PrefixTree(Pages);
    }

    public PageAllocator Pages { get; }

    /// <summary>As a sequence does: shares what is there, computes the rest, leaves a checkpoint at its end, and goes.</summary>
    public void Insert(string salt, long[] keys)
    {
        if (_known.ContainsKey((salt, Name(keys))) || Pages.Free < PageAllocator.PagesFor(keys.Length))
            return;
        var match = _tree.Match(salt, keys, keys.Length - 1);
        var held = new List<int>();
        var path = match.Checkpoint is null ? [] : PathTo(match.Checkpoint.Node);
        foreach (var page in path[..match.FullPages])
        {
            Pages.Use(page);
            held.Add(page);
        }

        Assert.True(Pages.TryGrow(held, keys.Length));
        if (path.Length > match.FullPages)
            _memory[path[^1]].CopyTo(_memory[held[match.FullPages]], 0);
        for (var i = match.Length; i < keys.Length; i++)
            _memory[held[i / PageAllocator.PageLength]][i % PageAllocator.PageLength] = keys[i];

        var node = _tree.Insert(salt, keys, held);
        Assert.Null(node.Checkpoint);
        node.Checkpoint = new StateCheckpoint { Node = node, Slot = _slots++, Name = 0, LastUsed = 0 };
        _known.Add((salt, Name(keys)), (node.Checkpoint, keys));
        Pages.Release(held);
    }

    /// <summary>Compares a lookup with a search through everything.</summary>
    public void Look(string salt, long[] keys)
    {
        var match = _tree.Match(salt, keys, keys.Length - 1);
        var own = _known.Where(known => known.Key.Salt == salt).Select(known => known.Value).ToList();
        var usable = own.Where(known => known.Keys.Length < keys.Length && keys.AsSpan().StartsWith(known.Keys)).ToList();
        Assert.Same(usable.Count == 0 ? null : usable.MaxBy(known => known.Keys.Length).Checkpoint, match.Checkpoint);
        Assert.Equal(own.Count == 0 ? 0 : own.Max(known => keys.AsSpan().CommonPrefixLength(known.Keys)), match.Known);
    }

    public void Remove(int choice)
    {
        if (_known.Count == 0)
            return;
        var (key, known) = _known.ElementAt(choice % _known.Count);
        var (before, promised) = (Pages.Free, _tree.PagesFreedBy(known.Checkpoint));
        _tree.Remove(known.Checkpoint);
        _known.Remove(key);
        if (known.Checkpoint.Node.Children.Count == 0)
        {
            // One more, where the border that its path began at is needed no longer.
            Assert.InRange(Pages.Free - before, promised, promised + 1);
        }
    }

    public void RemoveAll()
    {
        while (_known.Count > 0)
            Remove(0);
        Assert.Equal(Pages.Total, Pages.Free);
        Assert.Empty(_tree.Roots);
    }

    public void AssertInvariants()
    {
        CacheInvariants.AssertTree(_tree, Pages, []);
        foreach (var (checkpoint, keys) in _known.Values)
        {
            Assert.Equal(keys.Length, checkpoint.Node.End);
            var path = PathTo(checkpoint.Node);
            for (var i = 0; i < keys.Length; i++)
                Assert.Equal(keys[i], _memory[path[i / PageAllocator.PageLength]][i % PageAllocator.PageLength]);
        }
    }

    private static string Name(long[] keys) => string.Join(' ', keys);

    private static int[] PathTo(PrefixNode node)
    {
        var path = new int[PageAllocator.PagesFor(node.End)];
        PrefixTree.PagesTo(node, path);
        return path;
    }
}
