namespace Platform.Engine;

/// <summary>The radix trees, one per salt: which tokens are known and which pages hold them. Keeps and drops pages, decides nothing. Engine thread only.</summary>
/// <remarks>Every leaf has a checkpoint: keys and values behind the last state could not be used, so they are not kept.</remarks>
internal sealed class PrefixTree(PageAllocator pages)
{
    private readonly Dictionary<string, PrefixNode> _roots = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, PrefixNode> Roots => _roots;

    /// <summary>The longest agreement with what is known under a salt.</summary>
    /// <param name="salt">Whose tree.</param>
    /// <param name="keys">The sequence's keys.</param>
    /// <param name="limit">A checkpoint may cover at most so many tokens.</param>
    public PrefixMatch Match(string salt, ReadOnlySpan<long> keys, int limit)
    {
        if (!_roots.TryGetValue(salt, out var node))
            return PrefixMatch.None;
        StateCheckpoint? best = null;
        var position = 0;
        while (position < keys.Length)
        {
            if (!node.Children.TryGetValue(keys[position], out var child))
                return new PrefixMatch(best, position, PrefixKeys.IsMedia(keys[position]) && HasMedia(node));
            var common = child.Keys.AsSpan().CommonPrefixLength(keys[position..]);
            position += common;
            if (common < child.Keys.Length)
                return new PrefixMatch(
                    best, position, position < keys.Length && PrefixKeys.IsMedia(keys[position]) && PrefixKeys.IsMedia(child.Keys[common]));
            node = child;
            if (node.Checkpoint is { } checkpoint && node.End <= limit)
                best = checkpoint;
        }

        return new PrefixMatch(best, position, false);
    }

    /// <summary>The node that ends after the last of these keys, made where it is missing; new nodes keep the sequence's pages.</summary>
    /// <param name="salt">Whose tree.</param>
    /// <param name="keys">At least one key.</param>
    /// <param name="sequencePages">The pages that hold them, in order.</param>
    public PrefixNode Insert(string salt, ReadOnlySpan<long> keys, List<int> sequencePages)
    {
        if (!_roots.TryGetValue(salt, out var node))
            _roots[salt] = node = new PrefixNode(salt);
        var position = 0;
        while (position < keys.Length)
        {
            if (!node.Children.TryGetValue(keys[position], out var child))
                return Append(node, position, keys, sequencePages);
            var common = child.Keys.AsSpan().CommonPrefixLength(keys[position..]);
            position += common;
            node = common < child.Keys.Length ? Split(child, common) : child;
        }

        return node;
    }

    /// <summary>Takes a checkpoint out, and whatever led to it alone; its pages are dropped.</summary>
    public void Remove(StateCheckpoint checkpoint)
    {
        var node = checkpoint.Node;
        node.Checkpoint = null;
        while (node.Parent is { } parent && node.Checkpoint is null && node.Children.Count == 0)
        {
            DropPages(node);
            parent.Children.Remove(node.Keys[0]);
            node = parent;
        }

        if (node.IsRoot)
        {
            if (node.Children.Count == 0)
                _roots.Remove(node.Salt);
        }
        else if (node.Checkpoint is null && node.OnlyChild is { } child)
            Merge(node, child);
    }

    /// <summary>How many pages would be free at least if this checkpoint went: those that only the path which leads to it alone keeps, and that nobody uses.</summary>
    public int PagesFreedBy(StateCheckpoint checkpoint)
    {
        if (checkpoint.Node.Children.Count > 0)
            return 0;
        var (freed, page, seen) = (0, -1, 0);
        for (var node = checkpoint.Node; ; node = node.Parent!)
        {
            // A page that several nodes of a path keep stands at their borders: bottom up its occurrences follow each other.
            for (var i = node.Pages.Length - 1; i >= 0; i--)
            {
                if (node.Pages[i] == page)
                {
                    seen++;
                    continue;
                }

                freed += IsFreed(page, seen);
                (page, seen) = (node.Pages[i], 1);
            }

            if (node.Parent is not { IsRoot: false, Checkpoint: null, Children.Count: 1 })
                return freed + IsFreed(page, seen);
        }
    }

    /// <summary>The pages of the path to a node, in order.</summary>
    public static void PagesTo(PrefixNode node, Span<int> path)
    {
        path.Fill(-1);
        for (var at = node; !at.IsRoot; at = at.Parent!)
        {
            for (var i = 0; i < at.Pages.Length; i++)
            {
                if (path[at.FirstPage + i] < 0)
                    path[at.FirstPage + i] = at.Pages[i];
            }
        }
    }

    /// <summary>Continues the name of a prefix by one key.</summary>
    public static ulong NameAfter(ulong name, long key) => (name ^ (ulong)key) * 0x9E3779B97F4A7C15UL ^ (name >> 29);

    /// <summary>The name of the empty prefix under a salt.</summary>
    public static ulong NameOf(string salt)
    {
        var name = 0xCBF29CE484222325UL;
        foreach (var character in salt)
            name = NameAfter(name, character);
        return name;
    }

    private static bool HasMedia(PrefixNode node)
    {
        foreach (var key in node.Children.Keys)
        {
            if (PrefixKeys.IsMedia(key))
                return true;
        }

        return false;
    }

    private int IsFreed(int page, int keepersGone) =>
        page >= 0 && pages.UsersOf(page) == 0 && pages.KeepersOf(page) == keepersGone ? 1 : 0;

    private PrefixNode Append(PrefixNode parent, int position, ReadOnlySpan<long> keys, List<int> sequencePages)
    {
        var first = position / PageAllocator.PageLength;
        var kept = sequencePages[first..PageAllocator.PagesFor(keys.Length)].ToArray();
        foreach (var page in kept)
            pages.Keep(page);
        var node = new PrefixNode(parent, position, keys[position..].ToArray(), kept);
        parent.Children.Add(keys[position], node);
        return node;
    }

    /// <summary>Cuts a node in two and returns the upper one.</summary>
    private PrefixNode Split(PrefixNode lower, int at)
    {
        var cut = lower.Start + at;
        var upperPages = lower.Pages[..(PageAllocator.PagesFor(cut) - lower.FirstPage)];
        var lowerPages = lower.Pages[(cut / PageAllocator.PageLength - lower.FirstPage)..];
        if (cut % PageAllocator.PageLength != 0)
            pages.Keep(lowerPages[0]);
        var upper = new PrefixNode(lower.Parent!, lower.Start, lower.Keys[..at], upperPages);
        upper.Parent!.Children[upper.Keys[0]] = upper;
        lower.Parent = upper;
        lower.Keys = lower.Keys[at..];
        lower.Start = cut;
        lower.Pages = lowerPages;
        upper.Children.Add(lower.Keys[0], lower);
        return upper;
    }

    private void Merge(PrefixNode upper, PrefixNode lower)
    {
        var kept = upper.Pages.AsSpan();
        if (lower.Start % PageAllocator.PageLength != 0)
        {
            pages.Drop(kept[^1]);           // the lower node's first page holds the same positions and more
            kept = kept[..^1];
        }

        lower.Pages = [.. kept, .. lower.Pages];
        lower.Keys = [.. upper.Keys, .. lower.Keys];
        lower.Start = upper.Start;
        lower.Parent = upper.Parent;
        upper.Parent!.Children[lower.Keys[0]] = lower;
    }

    private void DropPages(PrefixNode node)
    {
        foreach (var page in node.Pages)
            pages.Drop(page);
    }
}
