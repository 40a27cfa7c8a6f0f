namespace Platform.Engine.Tests;

public sealed class CheckpointValueTests
{
    private readonly PageAllocator _pages = new(40);
    private readonly PrefixTree _tree;
    private readonly List<int> _held = [];

    public CheckpointValueTests()
    {
        _tree = new PrefixTree(_pages);
        Assert.True(_pages.TryGrow(_held, 40 * PageAllocator.PageLength));
    }

    [Fact]
    public void Who_takes_turns_is_expected_when_the_turn_comes_round_and_less_the_longer_it_is_overdue()
    {
        double[] waits = [.. new[] { 0, 3, 7, 8, 9, 20, 80 }.Select(age => CheckpointValue.Wait(age, period: 8))];
        Assert.Equal([8, 5, 1, 1, 1, 12, 72], waits);
    }

    [Fact]
    public void A_border_is_replaced_by_a_later_one_but_not_by_the_end_of_a_turn_that_nobody_continued()
    {
        var border = Checkpoint(100);
        Assert.False(CheckpointValue.IsReplaced(border));
        var end = Checkpoint(150, isTurnEnd: true);
        Assert.False(CheckpointValue.IsReplaced(border));
        end.Hits = 1;
        Assert.True(CheckpointValue.IsReplaced(border));
        end.Hits = 0;
        Checkpoint(200);
        Assert.True(CheckpointValue.IsReplaced(border));
        Assert.Equal(200, CheckpointValue.TokensSaved(_tree.Roots[""].OnlyChild!.OnlyChild!.OnlyChild!) + CheckpointValue.KeptBefore(end.Node.Parent));
    }

    [Fact]
    public void A_border_where_paths_part_is_not_replaced()
    {
        var shared = Checkpoint(100);
        Checkpoint(200);
        Assert.True(CheckpointValue.IsReplaced(shared));
        Checkpoint(200, branch: 1);
        Assert.False(CheckpointValue.IsReplaced(shared));
    }

    [Fact]
    public void The_border_behind_a_query_is_replaced_by_that_behind_the_next_only()
    {
        var query = Checkpoint(100, isReturn: true);
        Checkpoint(200);
        Assert.False(CheckpointValue.IsReplaced(query));
        Checkpoint(300, isReturn: true);
        Assert.True(CheckpointValue.IsReplaced(query));
    }

    [Fact]
    public void What_a_conversation_left_behind_is_worth_little_until_somebody_comes_for_it()
    {
        var counters = new EngineCounters();
        var shelf = new CheckpointShelf(_tree, new SlotAllocator(1, 4), 1000, 1000, counters);
        var query = Checkpoint(100, isReturn: true);
        var tool = Checkpoint(200);
        var before = shelf.ValueOf(tool, 1000);
        CheckpointShelf.Abandon(query);
        Assert.Equal(before * CheckpointValue.Replaced / CheckpointValue.Unproven * 2, shelf.ValueOf(tool, 1000), before / 1000);
        shelf.Used(tool);
        Assert.False(tool.IsAbandoned);
    }

    private StateCheckpoint Checkpoint(int position, bool isTurnEnd = false, bool isReturn = false, int branch = 0)
    {
        long[] keys = [.. Enumerable.Range(0, position).Select(i => i < 100 ? i : i + branch * 1000L)];
        var node = _tree.Insert("", keys, _held);
        node.Checkpoint = new StateCheckpoint { Node = node, Slot = 0, Name = 0, LastUsed = 0, IsTurnEnd = isTurnEnd, IsReturn = isReturn };
        return node.Checkpoint;
    }
}
