using CsCheck;

namespace Platform.Engine.Tests;

public sealed class PrefixTreeTests
{
    private const int TotalPages = 400;

    [Fact]
    public void Any_history_of_prefixes_agrees_with_a_plain_dictionary()
    {
        var prefix = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3].Array[1, 9], Gen.Int[1, 200]);
        var operation = Gen.Select(Gen.Int[0, 9], prefix, Gen.Int[0, 1000]);
        operation.Array[1, 60].Sample(
            operations =>
            {
                var model = new PlainPrefixes(TotalPages);
                foreach (var (what, (salt, branches, length), choice) in operations)
                {
                    var keys = KeysOf(branches, length);
                    if (what < 5)
                        model.Insert($"salt {salt}", keys);
                    else if (what < 8)
                        model.Look($"salt {salt}", keys);
                    else
                        model.Remove(choice);
                    model.AssertInvariants();
                }

                model.RemoveAll();
            },
            iter: 300);
    }

    [Fact]
    public void A_page_that_a_checkpoint_ends_in_is_kept_for_both_sides_of_the_border()
    {
        var model = new PlainPrefixes(TotalPages);
        long[] keys = [.. Enumerable.Range(0, 200)];
        model.Insert("", keys);
        Assert.Equal(4, model.Pages.Kept);
        model.Insert("", keys[..70]);
        Assert.Equal(4, model.Pages.Kept);
        model.Insert("", [.. keys[..100], 7, 7, 7]);
        // Its own second page: the 36 positions before the border were copied with it.
        Assert.Equal(5, model.Pages.Kept);
        model.AssertInvariants();
    }

    [Fact]
    public void A_parting_at_a_picture_is_told_from_one_at_a_word()
    {
        var pages = new PageAllocator(4);
        var tree = new PrefixTree(pages);
        List<int> held = [];
        Assert.True(pages.TryGrow(held, 40));
        var node = tree.Insert("", [1, 2, -3, -4, 5], held);
        node.Checkpoint = new StateCheckpoint { Node = node, Slot = 0, Name = 0, LastUsed = 0 };
        Assert.True(tree.Match("", [1, 2, -9, -4, 5], 5).OtherPicture);
        Assert.True(tree.Match("", [1, 2, -3, -9], 4).OtherPicture);
        Assert.False(tree.Match("", [1, 7, -3], 3).OtherPicture);
        Assert.False(tree.Match("", [1, 2, 9], 3).OtherPicture);
        Assert.Equal(5, tree.Match("", [1, 2, -3, -4, 5, 6], 5).Length);
    }

    /// <summary>Few branches, so that prefixes are often shared: each digit decides the keys of a stretch.</summary>
    private static long[] KeysOf(int[] branches, int length) =>
        [.. Enumerable.Range(0, length).Select(i => (long)(branches[Math.Min(i / 23, branches.Length - 1)] * 1000 + i))];
}
