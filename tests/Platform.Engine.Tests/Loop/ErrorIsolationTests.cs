namespace Platform.Engine.Tests;

public sealed class ErrorIsolationTests
{
    private readonly LedgerModel _ledger = new();

    [Fact]
    public async Task A_logit_that_is_no_number_ends_its_sequence_only()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 20 });
        _ledger.AfterRow = (segment, row) =>
        {
            if (segment.Tokens[0] == 13 && segment.State.Length > 20)
                row[7] = float.NaN;
        };
        var answers = await Task.WhenAll(new[] { 12, 13, 14 }.Select(first => Answer.Of(engine.Submit(Request(first)))));
        Assert.Equal([FinishReason.Length, FinishReason.Error, FinishReason.Length], answers.Select(answer => answer.Finish));
        Assert.Contains("no finite number", answers[1].Error, StringComparison.Ordinal);
        AssertHealthy(engine, failed: 1);
    }

    [Fact]
    public async Task A_constraint_or_stop_rule_that_throws_ends_its_sequence_only()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 20 });
        var answers = await Task.WhenAll(
            Answer.Of(engine.Submit(Request(1) with { Constraint = (in _) => throw new InvalidDataException("grammar") })),
            Answer.Of(engine.Submit(Request(2) with { Stop = _ => throw new InvalidDataException("stop words") })),
            Answer.Of(engine.Submit(Request(3) with { Constraint = (in _) => TokenConstraint.Allowed([]) })),
            Answer.Of(engine.Submit(Request(4) with { Constraint = (in _) => TokenConstraint.Forced(LedgerModel.Vocab) })),
            Answer.Of(engine.Submit(Request(5))));
        Assert.Equal([.. Enumerable.Repeat(FinishReason.Error, 4), FinishReason.Length], answers.Select(answer => answer.Finish));
        Assert.Contains("grammar", answers[0].Error, StringComparison.Ordinal);
        Assert.Contains("stop words", answers[1].Error, StringComparison.Ordinal);
        AssertHealthy(engine, failed: 4);
    }

    [Fact]
    public async Task A_step_that_throws_ends_its_sequences_and_the_engine_lives_on()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 20 });
        _ledger.BeforeStep = segments =>
        {
            if (segments.Any(segment => segment.State.Length > 20 && segment.Tokens[0] == 13))
                throw new InvalidOperationException("the step broke");
        };
        var broken = await Answer.Of(engine.Submit(Request(13)));
        Assert.Equal(FinishReason.Error, broken.Finish);
        Assert.Contains("the step broke", broken.Error, StringComparison.Ordinal);
        Assert.NotEmpty(broken.Tokens);

        _ledger.BeforeStep = null;
        Assert.Equal(FinishReason.Length, (await Answer.Of(engine.Submit(Request(13)))).Finish);
        AssertHealthy(engine, failed: 1);
        Assert.Equal(1, engine.Statistics.FailedSteps);
    }

    [Fact]
    public async Task An_engine_whose_steps_keep_failing_stops_and_says_why()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 20, MaxSequences = 1, MaxFailedSteps = 3 });
        _ledger.BeforeStep = _ => throw new InvalidOperationException("no memory left");
        var handles = new List<SequenceHandle>();
        try
        {
            for (var i = 0; i < 6; i++)
                handles.Add(engine.Submit(Request(i)));
        }
        catch (EngineStoppedException)
        {
            Assert.InRange(handles.Count, 3, 6);
        }

        Assert.All(await Task.WhenAll(handles.Select(Answer.Of)), answer => Assert.Equal(FinishReason.Error, answer.Finish));
        var failure = await Assert.ThrowsAsync<EngineStoppedException>(() => engine.Completion);
        Assert.Contains("no memory left", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no memory left", Assert.Throws<EngineStoppedException>(() => engine.Submit(Request(1))).Message, StringComparison.Ordinal);
        Assert.Equal((3L, 20L, 0L), (engine.Statistics.FailedSteps, engine.Statistics.FreePages, engine.Statistics.Live));
    }

    private static void AssertHealthy(InferenceEngine engine, int failed)
    {
        var statistics = engine.Statistics;
        Assert.Equal((20L, 16L, 0L, (long)failed), (statistics.FreePages, statistics.FreeSlots, statistics.Live, statistics.Failed));
    }

    private static SequenceRequest Request(int first) => new() { PromptTokens = [first, 2, 3], MaxTokens = 60, Seed = (ulong)first };
}
