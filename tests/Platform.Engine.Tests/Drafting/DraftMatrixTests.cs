using Platform.Model;

namespace Platform.Engine.Tests.Drafting;

/// <summary>What is said with drafts is what is said without, event by event and bit by bit, whatever else a request asks for.</summary>
public sealed class DraftMatrixTests(ITestOutputHelper output)
{
    private const int Least = 50;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_a_model_that_notices_a_wrong_page_or_slot(bool greedy)
    {
        foreach (var cell in DraftMatrix.Cells(greedy))
            Check(cell, DraftMatrix.Run(cell, new LedgerModel().Model, LedgerModel.Vocab, (_, _) => null), greedy);
    }

    [Theory]
    [InlineData("tiny-moe-mtp", true)]
    [InlineData("tiny-moe-mtp", false)]
    [InlineData("tiny-dense", false)]
    public void On_a_real_model(string golden, bool greedy)
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden(golden));
        using var model = TextModel.Load(checkpoint, new TextModelOptions { Threads = 2 }, null, TestContext.Current.CancellationToken);
        var engineModel = EngineModel.Of(model);
        foreach (var cell in DraftMatrix.Cells(greedy))
            Check(cell, DraftMatrix.Run(cell, engineModel, engineModel.VocabSize, (cache, sampler) => engineModel.CreateDraftSource?.Invoke(cache, sampler)), greedy);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    public void A_state_kept_one_token_too_late_is_noticed(double probability)
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-mtp"));
        using var model = TextModel.Load(checkpoint, new TextModelOptions { Threads = 2 }, null, TestContext.Current.CancellationToken);
        var right = EngineModel.Of(model);
        var wrong = right with
        {
            Run = (segments, cache, states, output) =>
            {
                right.Run(segments, cache, states, output);
                foreach (var segment in segments)
                    KeepOneTooLate(segment, states);
            },
        };
        var cell = DraftMatrix.Cells(greedy: false).First(cell => cell.Name == "log-probabilities");
        var expected = DraftMatrix.Plain(cell, right);
        var difference = expected.DifferenceTo(DraftMatrix.WithDrafts(cell, wrong, right.VocabSize, expected, probability));
        // When every draft is right no earlier state is ever taken: then, and only then, the fault has no consequence.
        if (probability < 1)
            Assert.NotNull(difference);
        else
            Assert.Null(difference);
    }

    private static void KeepOneTooLate(StepSegment segment, StateStore states)
    {
        if (segment.Logits != LogitRows.All || segment.SnapshotSlots is not { } slots)
            return;
        for (var token = 0; token < segment.TokenCount - 1; token++)
            states.Copy(slots[token + 1] >= 0 ? slots[token + 1] : segment.State.Slot, slots[token]);
    }

    private void Check(DraftCell cell, int[] counts, bool greedy)
    {
        output.WriteLine($"{(greedy ? "greedy" : "sampled"),-8} {cell.Name,-20} accepted 0..{DraftMatrix.Drafts}: {string.Join(' ', counts.Select(count => $"{count,5}"))}");
        Assert.All(counts, count => Assert.InRange(count, Least, int.MaxValue));
    }
}
