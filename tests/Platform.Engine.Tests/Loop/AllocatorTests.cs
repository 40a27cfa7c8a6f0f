using CsCheck;

namespace Platform.Engine.Tests;

public sealed class AllocatorTests
{
    [Fact]
    public void Pages_are_never_given_twice_and_all_come_back() => Gen.Select(Gen.Int[1, 30], Gen.Select(Gen.Int[0, 5], Gen.Int[0, 700]).Array[0, 60])
        .Sample((total, moves) =>
        {
            var pages = new PageAllocator(total);
            var owners = Enumerable.Range(0, 6).Select(_ => new List<int>()).ToArray();
            foreach (var (owner, positions) in moves)
            {
                var before = owners[owner].Count;
                if (positions == 0)
                    pages.Release(owners[owner]);
                else if (!pages.TryGrow(owners[owner], positions))
                {
                    Assert.True(PageAllocator.PagesFor(positions) - before > pages.Free);
                    Assert.Equal(before, owners[owner].Count);
                }
                else
                    Assert.Equal(Math.Max(before, PageAllocator.PagesFor(positions)), owners[owner].Count);

                var held = owners.SelectMany(list => list).ToList();
                Assert.Equal(held.Count, held.Distinct().Count());
                Assert.All(held, page => Assert.InRange(page, 0, total - 1));
                Assert.Equal(total - held.Count, pages.Free);
            }

            foreach (var list in owners)
                pages.Release(list);
            Assert.Equal(total, pages.Free);
        });

    [Fact]
    public void A_page_returned_twice_is_noticed()
    {
        var pages = new PageAllocator(4);
        var held = new List<int>();
        Assert.True(pages.TryGrow(held, 100));
        var copy = held.ToList();
        pages.Release(held);
        Assert.Throws<InvalidOperationException>(() => pages.Release(copy));
    }

    [Fact]
    public void A_slot_returned_twice_or_taken_when_none_is_free_is_noticed()
    {
        var slots = new SlotAllocator(2);
        Assert.NotEqual(slots.Take(), slots.Take());
        Assert.Throws<InvalidOperationException>(() => slots.Take());
        slots.Release(1);
        Assert.Throws<InvalidOperationException>(() => slots.Release(1));
        Assert.Throws<InvalidOperationException>(() => slots.Release(2));
        Assert.Equal(1, slots.Take());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    public void A_page_holds_64_positions(int positions, int pages) => Assert.Equal(pages, PageAllocator.PagesFor(positions));
}
