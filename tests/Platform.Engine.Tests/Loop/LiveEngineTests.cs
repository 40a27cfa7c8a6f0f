namespace Platform.Engine.Tests;

/// <summary>The engine with its thread, a real model, and many callers.</summary>
[Collection(nameof(LawOneTests))]
public sealed class LiveEngineTests(TinyMoeModels models) : IClassFixture<TinyMoeModels>
{
    [Fact]
    public async Task Sixty_four_callers_at_once_each_get_the_answer_they_would_get_alone_and_nothing_leaks()
    {
        var requests = Enumerable.Range(0, 64).Select(i => models.Request(1 + i * 29 % 150) with
        {
            MaxTokens = 1 + i * 7 % 40,
            Seed = (ulong)i,
            TopLogprobs = i % 3,
        }).ToArray();

        var options = new EngineOptions { Pages = 24, MaxSequences = 16, MaxQueued = 64, MaxBatchedTokens = 128, OutboxCapacity = 4 };
        await using var engine = new InferenceEngine(models.With(2), options);
        var together = await Task.WhenAll(requests.Select(request => Task.Run(() => Answer.Of(engine.Submit(request)))));

        var statistics = engine.Statistics;
        Assert.Equal((64L, 64L, 0L, 0L), (statistics.Submitted, statistics.Finished, statistics.Failed, statistics.Live));
        Assert.Equal((24L, 16L), (statistics.FreePages, statistics.FreeSlots));
        Assert.InRange(statistics.LargestBatch, 7, 16);
        for (var i = 0; i < requests.Length; i++)
        {
            using var loop = new RecordingLoop(models.With(1), LawModels.OptionsFor(200));
            var alone = loop.Run(requests[i]);
            Assert.Equal(alone.Tokens, together[i].Tokens);
            Assert.True(Recording.Bits([.. alone.Logprobs]).SequenceEqual(Recording.Bits([.. together[i].Logprobs])));
        }
    }

    [Fact]
    public async Task Callers_that_come_go_and_dawdle_leave_nothing_behind()
    {
        var options = new EngineOptions { Pages = 16, MaxSequences = 6, MaxQueued = 64, OutboxCapacity = 3 };
        await using var engine = new InferenceEngine(models.With(2), options);
        var callers = Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var handle = engine.Submit(models.Request(1 + i * 31 % 200) with { MaxTokens = 30 });
            if (i % 3 == 0)
                await Task.Delay(i);
            if (i % 4 == 0)
                handle.Cancel();
            return await Answer.Of(handle);
        }));
        var answers = await Task.WhenAll(callers);
        Assert.All(answers, answer => Assert.True(answer.Finish is FinishReason.Length or FinishReason.Cancelled, answer.Error));
        var statistics = engine.Statistics;
        Assert.Equal((16L, 6L, 0L), (statistics.FreePages, statistics.FreeSlots, statistics.Live));
        Assert.Equal(40, statistics.Finished + statistics.Cancellations);
    }
}
