namespace Platform.Engine.Tests;

/// <summary>What must hold of the prefix cache at any time.</summary>
internal static class CacheInvariants
{
    /// <param name="cache">The cache.</param>
    /// <param name="pages">Its pages.</param>
    /// <param name="slots">Its slots.</param>
    /// <param name="sequences">Everybody else who holds pages.</param>
    public static void Assert(PrefixCache cache, PageAllocator pages, SlotAllocator slots, IReadOnlyList<Sequence> sequences)
    {
        var nodes = AssertTree(cache.Tree, pages, sequences);
        var checkpoints = nodes.Where(node => node.Checkpoint is not null).Select(node => node.Checkpoint!).ToList();
        Xunit.Assert.Equal(checkpoints.Count, cache.Shelf.All.Count);
        Xunit.Assert.Equal(checkpoints.ToHashSet(), cache.Shelf.All.ToHashSet());
        var held = checkpoints.Select(checkpoint => checkpoint.Slot)
            .Concat(sequences.SelectMany(sequence => sequence.Plan.Taken.Select(taken => taken.Slot))).ToList();
        Xunit.Assert.Equal(held.Count, held.Distinct().Count());
        Xunit.Assert.Equal(held.Count, slots.Checkpoints);
        Xunit.Assert.Empty(held.Intersect(sequences.Select(sequence => sequence.State.Slot)));
    }

    /// <summary>The tree by itself; gives its nodes.</summary>
    public static IReadOnlyList<PrefixNode> AssertTree(PrefixTree tree, PageAllocator pages, IReadOnlyList<Sequence> sequences)
    {
        var nodes = tree.Roots.Values.SelectMany(Below).ToList();
        var keepers = nodes.SelectMany(node => node.Pages).CountBy(page => page).ToDictionary();
        var users = sequences.SelectMany(sequence => sequence.State.Pages).CountBy(page => page).ToDictionary();
        for (var page = 0; page < pages.Total; page++)
        {
            Xunit.Assert.Equal(keepers.GetValueOrDefault(page), pages.KeepersOf(page));
            Xunit.Assert.Equal(users.GetValueOrDefault(page), pages.UsersOf(page));
        }

        Xunit.Assert.Equal(keepers.Count, pages.Kept);
        Xunit.Assert.Equal(keepers.Keys.Count(page => !users.ContainsKey(page)), pages.Idle);
        Xunit.Assert.Equal(pages.Total - keepers.Keys.Union(users.Keys).Count(), pages.Free);

        foreach (var node in nodes)
            AssertNode(node);
        return nodes;
    }

    private static void AssertNode(PrefixNode node)
    {
        Xunit.Assert.NotEmpty(node.Keys);
        Xunit.Assert.Equal(node.Parent!.End, node.Start);
        Xunit.Assert.Same(node, node.Parent.Children[node.Keys[0]]);
        Xunit.Assert.Equal(PageAllocator.PagesFor(node.End) - node.FirstPage, node.Pages.Length);
        // A node is there for a checkpoint of its own or because paths part at its end.
        Xunit.Assert.True(node.Checkpoint is not null || node.Children.Count > 1);
        if (node.Checkpoint is { } checkpoint)
            Xunit.Assert.Same(node, checkpoint.Node);
    }

    private static IEnumerable<PrefixNode> Below(PrefixNode node) => node.Children.Values.SelectMany(child => Below(child).Prepend(child));
}
