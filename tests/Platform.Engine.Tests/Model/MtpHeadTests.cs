using Platform.Kernels;

namespace Platform.Engine.Tests.Model;

public sealed class MtpHeadTests
{
    [Fact]
    public void Drafts_do_not_depend_on_cuts_strangers_or_threads()
    {
        var whole = Run(threads: 1, cut: 0, withStranger: false);
        Assert.Equal(whole, Run(threads: 3, cut: 13, withStranger: false));
        Assert.Equal(whole, Run(threads: 2, cut: 0, withStranger: true));
    }

    [Fact]
    public void Hidden_rows_that_do_not_match_the_tokens_are_refused()
    {
        using var bench = new ModelBench("tiny-moe-mtp", new TextModelOptions { Threads = 1 });
        var sequence = ModelBench.Sequence(0);
        bench.Feed(sequence, 1, 2, 3);
        var segment = Draft(sequence, 0, [2, 3], bench.Output.SegmentHidden(0));
        var thrown = Assert.Throws<ArgumentException>(() => bench.Model.Mtp!.Run([segment], bench.Cache, bench.Output));
        Assert.Contains("hidden rows [3, 48] for 2 tokens", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_without_the_head_has_none()
    {
        using var bench = new ModelBench("tiny-moe", new TextModelOptions { Threads = 1 });
        Assert.Null(bench.Model.Mtp);
    }

    private static int[] Run(int threads, int cut, bool withStranger)
    {
        using var bench = new ModelBench("tiny-moe-mtp", new TextModelOptions { Threads = threads });
        var prompt = ModelBench.Prompt(70, 1);
        var sequence = ModelBench.Sequence(0);
        var stranger = ModelBench.Sequence(1);
        bench.Run(ModelBench.Segment(sequence, prompt), ModelBench.Segment(stranger, ModelBench.Prompt(20, 2)));
        var (memory, hidden) = bench.HiddenCopy(0);
        var (otherMemory, otherHidden) = bench.HiddenCopy(1);
        using (memory)
        using (otherMemory)
        {
            int[] shifted = [.. prompt[1..], 7];
            var segments = new List<DraftSegment>();
            if (withStranger)
                segments.Add(Draft(stranger, 0, ModelBench.Prompt(20, 3), otherHidden));
            if (cut > 0)
                bench.Model.Mtp!.Run([Draft(sequence, 0, shifted[..cut], hidden.Rows(0, cut))], bench.Cache, bench.Output);
            segments.Add(Draft(sequence, cut, shifted[cut..], hidden.Rows(cut, shifted.Length - cut)));
            bench.Model.Mtp!.Run(segments, bench.Cache, bench.Output);
            return bench.Bits(bench.Output.LogitRowCount - 20, 20);
        }
    }

    private static DraftSegment Draft(SequenceState state, int start, int[] tokens, FloatRows hidden) => new()
    {
        State = state,
        StartPosition = start,
        Tokens = tokens,
        TokenCount = tokens.Length,
        Hidden = hidden,
        Logits = LogitRows.All,
    };
}
