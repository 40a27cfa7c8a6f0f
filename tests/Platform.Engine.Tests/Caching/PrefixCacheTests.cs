using CsCheck;

namespace Platform.Engine.Tests;

/// <summary>The cache in the loop, over a model that throws when a state and its pages disagree about the tokens before.</summary>
public sealed class PrefixCacheTests
{
    private readonly LedgerModel _ledger = new();

    [Fact]
    public void A_prompt_that_goes_on_from_a_border_is_computed_from_there()
    {
        using var bench = Bench(new() { Pages = 40 });
        bench.Run(Request(200) with { CheckpointPositions = [50, 150] });
        var fed = Fed(bench, Request(260) with { PromptTokens = [.. Tokens(150), .. Tokens(110, 9)], CheckpointPositions = [50, 150, 240] }, out var answer);
        Assert.Equal((150, 110), (answer.CachedTokens, fed));
        Assert.Equal((2L, 1L, 460L, 150L), Queries(bench));
        Assert.Equal([1L, 0L, 0L, 0L, 0L], bench.Counters.PrefixMisses);
    }

    [Fact]
    public void The_same_prompt_again_computes_its_last_token_only()
    {
        using var bench = Bench(new() { Pages = 40 });
        var first = bench.Run(Request(200));
        Assert.Equal(1, Fed(bench, Request(200), out var second));
        Assert.Equal(199, second.CachedTokens);
        Assert.Equal(first.Tokens, second.Tokens);
    }

    [Fact]
    public void A_prompt_that_repeats_the_answer_goes_on_from_the_end_of_the_turn()
    {
        using var bench = Bench(new() { Pages = 40 });
        var first = bench.Run(Request(100, maxTokens: 40) with { CheckpointPositions = [90] });
        var next = Request(0) with { PromptTokens = [.. Tokens(100), .. first.Tokens, 1, 2, 3], CheckpointPositions = [90, 141] };
        // All but the last generated token were fed.
        Assert.Equal(4, Fed(bench, next, out var answer));
        Assert.Equal(139, answer.CachedTokens);
    }

    [Fact]
    public void Choices_of_one_prompt_wait_for_the_one_that_computes_it()
    {
        using var bench = Bench(new() { Pages = 40, MaxSequences = 4 });
        var alone = Enumerable.Range(0, 4).Select(choice => Alone(Request(300) with { Choice = choice })).ToList();
        var before = bench.Counters.PrefillTokens;
        var choices = Enumerable.Range(0, 4).Select(choice => bench.Add(Request(300) with { Choice = choice })).ToList();
        bench.Finish();
        Assert.Equal(300 + 3, bench.Counters.PrefillTokens - before);
        for (var i = 0; i < 4; i++)
            Assert.Equal(alone[i].Tokens, Answer.Now(choices[i]).Tokens);
        bench.AssertNothingHeld();
    }

    [Fact]
    public void Where_two_prompts_part_the_second_leaves_a_state_for_the_third()
    {
        using var bench = Bench(new() { Pages = 40 });
        bench.Run(Request(0) with { PromptTokens = [.. Tokens(100), .. Tokens(50, 3)] });
        Assert.Equal(150, Fed(bench, Request(0) with { PromptTokens = [.. Tokens(100), .. Tokens(50, 4)] }, out _));
        Assert.Equal(1, bench.Counters.PrefixMisses[(int)PrefixMiss.NoState]);
        Assert.Equal(50, Fed(bench, Request(0) with { PromptTokens = [.. Tokens(100), .. Tokens(50, 5)] }, out _));
    }

    [Fact]
    public void Callers_with_different_salts_share_nothing()
    {
        using var bench = Bench(new() { Pages = 40 });
        bench.Run(Request(200) with { CacheSalt = "a" });
        Assert.Equal(200, Fed(bench, Request(200) with { CacheSalt = "b" }, out var answer));
        Assert.Equal(0, answer.CachedTokens);
        Assert.Equal(1, bench.Counters.PrefixMisses[(int)PrefixMiss.Salt]);
        Assert.Equal(1, Fed(bench, Request(200) with { CacheSalt = "a" }, out _));
        bench.AssertNothingHeld();
    }

    [Fact]
    public void Equal_placeholders_with_another_picture_are_computed()
    {
        using var bench = Bench(new() { Pages = 40 });
        bench.Run(Request(200) with { Media = Picture(1), CheckpointPositions = [100, 190] });
        var fed = Fed(bench, Request(200) with { Media = Picture(2), CheckpointPositions = [100, 190] }, out _);
        Assert.Equal(200, fed);
        Assert.Equal(1, bench.Counters.PrefixMisses[(int)PrefixMiss.Picture]);
        Assert.Equal(10, Fed(bench, Request(200) with { Media = Picture(1), CheckpointPositions = [100, 190] }, out _));
        // Without a picture only what precedes it is shared: the second one left a state there.
        Assert.Equal(180, Fed(bench, Request(200) with { CheckpointPositions = [100, 190] }, out _));
    }

    [Fact]
    public void A_running_sequence_takes_from_the_cache_before_anybody_is_preempted()
    {
        using var bench = Bench(new() { Pages = 8, MaxSequences = 2 });
        for (var i = 0; i < 4; i++)
            bench.Run(Request(100, seed: i) with { PromptTokens = Tokens(100, i) });
        Assert.True(bench.Scheduler.Pages.Free < 4);
        var first = bench.Add(Request(0, maxTokens: 100) with { PromptTokens = Tokens(120, 7) });
        var second = bench.Add(Request(0, maxTokens: 100) with { PromptTokens = Tokens(120, 8) });
        bench.Finish();
        Assert.Equal(0, bench.Counters.Preemptions);
        Assert.True(bench.Counters.PrefixEvictions > 0);
        Assert.Equal((SequenceStatus.Finished, SequenceStatus.Finished), (first.Status, second.Status));
        bench.AssertNothingHeld();
    }

    [Fact]
    public void What_was_evicted_is_a_miss_that_says_so()
    {
        using var bench = Bench(new() { Pages = 4 });
        bench.Run(Request(150));
        bench.Run(Request(0) with { PromptTokens = Tokens(200, 5) });
        Assert.Equal(150, Fed(bench, Request(150), out _));
        Assert.Equal(1, bench.Counters.PrefixMisses[(int)PrefixMiss.Evicted]);
    }

    [Fact]
    public void A_preempted_sequence_comes_back_through_the_cache()
    {
        using var bench = Bench(new() { Pages = 20 });
        var alone = Alone(Request(100, maxTokens: 60));
        var sequence = bench.Add(Request(100, maxTokens: 60));
        while (sequence.Generated.Length < 30)
            bench.Step();
        var before = bench.Counters.PrefillTokens + bench.Counters.DecodeTokens;
        bench.Scheduler.Preempt(sequence);
        bench.Finish();
        Assert.Equal(30, bench.Counters.PrefillTokens + bench.Counters.DecodeTokens - before);
        Assert.Equal(alone.Tokens, Answer.Now(sequence).Tokens);
        Assert.Equal(0, bench.Counters.FailedSteps);
        bench.AssertNothingHeld();
    }

    [Fact]
    public void A_prompt_cancelled_half_way_leaves_what_it_computed()
    {
        using var bench = Bench(new() { Pages = 20, MaxPrefillChunk = 50 });
        var sequence = bench.Add(Request(300));
        bench.Step();
        bench.Step();
        sequence.CancelRequested = true;
        bench.Step();
        bench.AssertNothingHeld();
        Assert.Equal(200, Fed(bench, Request(300), out var answer));
        Assert.Equal(100, answer.CachedTokens);
    }

    [Fact]
    public void A_step_that_failed_leaves_nothing()
    {
        using var bench = Bench(new() { Pages = 20 });
        _ledger.BeforeStep = _ => throw new InvalidOperationException("broken");
        bench.Run(Request(100));
        _ledger.BeforeStep = null;
        bench.AssertNothingHeld();
        Assert.Equal(0, bench.Scheduler.Pages.Kept);
        Assert.Equal(100, Fed(bench, Request(100), out _));
    }

    [Theory]
    [InlineData(0L, null)]
    [InlineData(null, 0L)]
    public void Can_be_turned_off(long? pageBytes, long? checkpointBytes)
    {
        using var bench = Bench(new() { Pages = 20, PrefixCacheBytes = pageBytes, CheckpointBytes = checkpointBytes });
        bench.Run(Request(100));
        Assert.Equal(100, Fed(bench, Request(100), out _));
        Assert.Equal((0L, 0L, 0L, 0L), Queries(bench));
        Assert.Equal(20, bench.Scheduler.Pages.Free);
    }

    [Fact]
    public void Keeps_within_its_bytes()
    {
        var model = _ledger.Model;
        using var bench = Bench(new() { Pages = 100, PrefixCacheBytes = 5 * model.PageBytes, CheckpointBytes = 3 * model.SlotBytes });
        for (var i = 0; i < 30; i++)
        {
            bench.Run(Request(0) with { PromptTokens = [.. Tokens(40), .. Tokens(70, i)], CheckpointPositions = [40, 100] });
            Assert.InRange(bench.Scheduler.Pages.Kept, 1, 5);
            Assert.InRange(bench.Scheduler.Slots.Checkpoints, 1, 3);
        }

        bench.AssertNothingHeld();
    }

    [Fact]
    public void Sessions_that_take_turns_keep_each_its_newest_state_while_old_ones_go()
    {
        var model = _ledger.Model;
        // One state per session and one to spare, where turns leave three.
        using var bench = Bench(new() { Pages = 200, CheckpointBytes = 7 * model.SlotBytes });
        var history = Enumerable.Range(0, 6).Select(session => Tokens(40, session).ToList()).ToArray();
        for (var turn = 0; turn < 12; turn++)
        {
            for (var session = 0; session < 6; session++)
            {
                var said = history[session];
                said.AddRange(Tokens(40, turn));
                var border = said.Count - 4;
                var fed = Fed(bench, Request(0, maxTokens: 20) with { PromptTokens = [.. said], CheckpointPositions = [border - 20, border] }, out _);
                // What comes after the last border of the turn before, and this turn's.
                if (turn > 1)
                    Assert.Equal(4 + 40, fed);
            }
        }
    }

    [Fact]
    public void Any_mix_of_shared_prompts_says_what_each_says_alone()
    {
        var request = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2].Array[1, 6], Gen.Int[1, 200], Gen.Int[1, 40], Gen.Int[0, 20]);
        Gen.Select(request.Array[2, 14], Gen.Int[8, 16], Gen.Int[1, 4], Gen.Int[0, 8], Gen.Int[1, 150]).Sample(
            (requests, pages, slots, checkpoints, chunk) =>
            {
                var model = _ledger.Model;
                using var bench = Bench(new()
                {
                    Pages = pages,
                    MaxSequences = slots,
                    MaxPrefillChunk = chunk,
                    OutboxCapacity = 500,
                    CheckpointBytes = checkpoints * model.SlotBytes,
                });
                var running = new List<(SequenceRequest Request, Sequence Sequence)>();
                foreach (var (salt, branches, length, maxTokens, steps) in requests)
                {
                    var asked = Shared(salt, branches, length, maxTokens);
                    running.Add((asked, bench.Add(asked)));
                    for (var i = 0; i < steps && bench.Step(); i++)
                        AssertInvariants(bench);
                    if (steps == 20)
                        running[^1].Sequence.CancelRequested = true;
                }

                bench.Finish();
                Assert.Equal(0, bench.Counters.FailedSteps);
                foreach (var (asked, sequence) in running)
                {
                    var said = Answer.Now(sequence);
                    Assert.Equal(Alone(asked).Tokens.Take(said.Tokens.Count), said.Tokens);
                    Assert.True(said.Tokens.Count == asked.MaxTokens || said.Finish == FinishReason.Cancelled);
                }

                bench.AssertNothingHeld();
            },
            iter: 150);
    }

    private static void AssertInvariants(LoopBench bench) => CacheInvariants.Assert(
        bench.Scheduler.Prefixes, bench.Scheduler.Pages, bench.Scheduler.Slots,
        [.. bench.Scheduler.Running, .. bench.Scheduler.Parked, .. bench.Scheduler.Waiting]);

    private static SequenceRequest Shared(int salt, int[] branches, int length, int maxTokens)
    {
        int[] tokens = [.. Enumerable.Range(0, length).Select(i => (branches[Math.Min(i / 30, branches.Length - 1)] * 17 + i) % LedgerModel.Vocab)];
        return Request(0, maxTokens) with
        {
            PromptTokens = tokens,
            CacheSalt = $"salt {salt}",
            CheckpointPositions = [.. Enumerable.Range(1, length / 30).Select(i => i * 30)],
        };
    }

    private static int Fed(LoopBench bench, SequenceRequest request, out Answer answer)
    {
        var before = bench.Counters.PrefillTokens;
        answer = bench.Run(request);
        Assert.NotEqual(FinishReason.Error, answer.Finish);
        Assert.Equal(Alone(request).Tokens, answer.Tokens);
        return (int)(bench.Counters.PrefillTokens - before);
    }

    private static (long Queries, long Hits, long Tokens, long HitTokens) Queries(LoopBench bench) =>
        (bench.Counters.PrefixQueries, bench.Counters.PrefixHits, bench.Counters.PrefixQueryTokens, bench.Counters.PrefixHitTokens);

    private LoopBench Bench(EngineOptions options) => new(_ledger.Model, options);

    private static Answer Alone(SequenceRequest request)
    {
        using var bench = new LoopBench(new LedgerModel().Model, new() { Pages = 40, MaxSequences = 1, OutboxCapacity = 1000, CheckpointBytes = 0 });
        return bench.Run(request);
    }

    private static MediaEmbeddings Picture(int picture) => new([20, 21, 22], [.. Enumerable.Range(0, 48).Select(i => (float)(picture * 100 + i))], 16);

    private static int[] Tokens(int count, int kind = 0) => [.. Enumerable.Range(0, count).Select(i => (i * 7 + kind * 5 + i * i * kind) % LedgerModel.Vocab)];

    private static SequenceRequest Request(int prompt, int maxTokens = 3, int seed = 0) => new()
    {
        PromptTokens = Tokens(prompt),
        MaxTokens = maxTokens,
        Seed = (ulong)seed,
        Sampling = new() { RepetitionPenalty = 1.1f, TopP = 0.9f },
    };
}
