namespace Platform.Engine.Tests;

public sealed class InferenceEngineTests
{
    private readonly LedgerModel _ledger = new();

    [Fact]
    public async Task Sixty_four_sequences_of_mixed_lengths_run_at_once_and_give_everything_back()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 60, MaxSequences = 24, MaxQueued = 64, OutboxCapacity = 8 });
        var requests = Enumerable.Range(0, 64).Select(i => Request(1 + i * 37 % 400, 1 + i * 13 % 90, (ulong)i)).ToArray();
        var answers = await Task.WhenAll(requests.Select(request => Answer.Of(engine.Submit(request))));
        for (var i = 0; i < requests.Length; i++)
        {
            Assert.Equal(FinishReason.Length, answers[i].Finish);
            Assert.Equal(Expected(requests[i]), answers[i].Tokens);
        }

        var statistics = engine.Statistics;
        Assert.Equal((60L, 24L, 0L), (statistics.FreePages, statistics.FreeSlots, statistics.Live));
        Assert.Equal((64L, 64L, 0L), (statistics.Submitted, statistics.Finished, statistics.FailedSteps));
        Assert.InRange(statistics.LargestBatch, 2, 24);
        Assert.Equal(requests.Sum(request => request.MaxTokens!.Value), statistics.GeneratedTokens);
    }

    [Fact]
    public async Task A_full_engine_refuses_at_once_and_takes_again_when_one_has_ended()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 10, MaxSequences = 1, MaxQueued = 2, OutboxCapacity = 1 });
        var handles = Enumerable.Range(0, 3).Select(i => engine.Submit(Request(5, 50, (ulong)i))).ToArray();
        Assert.Throws<EngineFullException>(() => engine.Submit(Request(5, 5)));
        Assert.Equal(1, engine.Statistics.QueueRejections);

        handles[1].Cancel();
        Assert.Equal(FinishReason.Cancelled, (await Answer.Of(handles[1])).Finish);
        var late = engine.Submit(Request(5, 5));
        var answers = await Task.WhenAll(Answer.Of(handles[0]), Answer.Of(handles[2]), Answer.Of(late));
        Assert.All(answers, answer => Assert.Equal(FinishReason.Length, answer.Finish));
    }

    [Fact]
    public async Task A_reader_that_stops_reading_holds_nobody_up()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 6, MaxSequences = 2, OutboxCapacity = 3 });
        var stuck = new[] { engine.Submit(Request(100, 60, 1)), engine.Submit(Request(100, 60, 2)) };
        for (var i = 0; i < 5; i++)
        {
            var request = Request(300, 40, 3);
            Assert.Equal(Expected(request), (await Answer.Of(engine.Submit(request))).Tokens);
        }

        Assert.Equal(2, engine.Statistics.Parked);
        Assert.Equal(Expected(Request(100, 60, 1)), (await Answer.Of(stuck[0])).Tokens);
        stuck[1].Cancel();
        Assert.Equal(FinishReason.Cancelled, (await Answer.Of(stuck[1])).Finish);
    }

    [Fact]
    public async Task A_cancelled_sequence_ends_within_a_step()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 200, OutboxCapacity = 10_000 });
        var other = engine.Submit(Request(5, 4_000, 1));
        var handle = engine.Submit(Request(5, 9_000, 2));
        await handle.Events.WaitToReadAsync(TestContext.Current.CancellationToken);
        long cancelled = 0, stepsAfter = 0;
        _ledger.BeforeStep = segments =>
        {
            if (Interlocked.Read(ref cancelled) > 0 && segments.Any(segment => segment.State == handle.Sequence.State))
                Interlocked.Increment(ref stepsAfter);
        };
        handle.Cancel();
        Interlocked.Increment(ref cancelled);
        Assert.Equal(FinishReason.Cancelled, (await Answer.Of(handle)).Finish);
        Assert.InRange(Interlocked.Read(ref stepsAfter), 0, 1);      // one may have been scheduled just before
        Assert.Equal(1, engine.Statistics.Cancellations);
        other.Cancel();
        await Answer.Of(other);
        Assert.Equal((200L, 0L), (engine.Statistics.FreePages, engine.Statistics.Live));
    }

    [Fact]
    public async Task Cancelling_twice_or_after_the_end_does_nothing()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 4 });
        var handle = engine.Submit(Request(5, 3));
        await Answer.Of(handle);
        handle.Cancel();
        handle.Cancel();
        Assert.Equal(FinishReason.Length, (await Answer.Of(engine.Submit(Request(5, 3)))).Finish);
        Assert.Equal(0, engine.Statistics.Cancellations);
    }

    [Fact]
    public async Task Stop_ids_end_the_answer_and_are_its_last_token()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 4 });
        var request = Request(5, 40);
        var words = Expected(request);
        var stop = words[10];
        var expected = words.TakeWhile(token => token != stop).Append(stop);
        var answer = await Answer.Of(engine.Submit(request with { StopTokenIds = [stop] }));
        Assert.Equal(expected, answer.Tokens);
        Assert.Equal(FinishReason.Stop, answer.Finish);
        var ignoring = await Answer.Of(engine.Submit(request with { StopTokenIds = [stop], IgnoreEos = true }));
        Assert.Equal((FinishReason.Length, 40), (ignoring.Finish, ignoring.Tokens.Count));
    }

    [Fact]
    public async Task A_stop_rule_sees_each_token_and_ends_the_answer()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 4 });
        var seen = new List<int>();
        var answer = await Answer.Of(engine.Submit(Request(5, 40) with
        {
            Stop = token =>
            {
                seen.Add(token);
                return seen.Count == 7;
            },
        }));
        Assert.Equal((FinishReason.Stop, 7), (answer.Finish, answer.Tokens.Count));
        Assert.Equal(seen, answer.Tokens);
    }

    [Fact]
    public async Task A_constraint_sees_what_was_generated_and_decides_what_may_come()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 4 });
        var answer = await Answer.Of(engine.Submit(Request(5, 9) with
        {
            Constraint = (in progress) =>
            {
                Assert.Equal(LedgerModel.LogitsAfter([.. progress.Prompt, .. progress.Generated]), progress.Logits);
                return progress.Generated.Length switch
                {
                    0 or 1 => TokenConstraint.Forced(17 + progress.Generated.Length),
                    2 or 3 => TokenConstraint.Allowed([1UL << 40]),
                    _ => TokenConstraint.None,
                };
            },
        }));
        Assert.Null(answer.Error);
        Assert.Equal([17, 18, 40, 40], answer.Tokens.Take(4));
        Assert.Equal(9, answer.Tokens.Count);
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_raw_logits_whatever_the_penalties_and_the_mask()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 4, SampleableIds = 45 });
        var request = Request(5, 6) with { TopLogprobs = 3, Constraint = (in _) => TokenConstraint.Allowed([0b1011]) };
        var handle = engine.Submit(request);
        var tokens = request.PromptTokens.ToList();
        await foreach (var item in handle.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            var row = LedgerModel.LogitsAfter(tokens.ToArray())[..45];
            var normaliser = Math.Log(row.Sum(logit => Math.Exp(logit)));
            Assert.Equal(row[item.Token] - normaliser, item.Logprob, 1e-5);
            Assert.Equal(Enumerable.Range(0, 45).OrderByDescending(id => row[id]).Take(3), item.Top!.Select(entry => entry.Token));
            Assert.All(item.Top!, entry => Assert.Equal(row[entry.Token] - normaliser, entry.Logprob, 1e-5));
            tokens.Add(item.Token);
        }
    }

    [Fact]
    public async Task Replayed_tokens_are_not_said_again_and_change_nothing_after_them()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 10 });
        var request = Request(30, 50, 9);
        var whole = await Answer.Of(engine.Submit(request));
        foreach (var replayed in new[] { 1, 17, 34, 49 })
        {
            var rest = await Answer.Of(engine.Submit(request with { ReplayTokens = [.. whole.Tokens.Take(replayed)] }));
            Assert.Equal(whole.Tokens.Skip(replayed), rest.Tokens);
            Assert.Equal(whole.Logprobs.Skip(replayed), rest.Logprobs);
            Assert.Equal(FinishReason.Length, rest.Finish);
        }
    }

    [Fact]
    public async Task A_replay_that_is_complete_ends_at_once_without_a_step()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 10 });
        var request = Request(30, 5) with { ReplayTokens = [1, 2, 3, 4, 5] };
        Assert.Equal((FinishReason.Length, 0), await EndOf(engine, request));
        Assert.Equal((FinishReason.Stop, 0), await EndOf(engine, request with { MaxTokens = 9, StopTokenIds = [5] }));
        Assert.Equal(0, engine.Statistics.Steps);
    }

    [Fact]
    public async Task Disposal_ends_every_sequence_and_closes_the_door()
    {
        var engine = new InferenceEngine(_ledger.Model, new() { Pages = 100, MaxSequences = 2, OutboxCapacity = 20 });
        var handles = Enumerable.Range(0, 6).Select(i => engine.Submit(Request(50, 1_000, (ulong)i))).ToArray();
        await engine.DisposeAsync();
        await engine.DisposeAsync();
        Assert.All(await Task.WhenAll(handles.Select(Answer.Of)), answer => Assert.Equal(FinishReason.Cancelled, answer.Finish));
        Assert.Throws<EngineStoppedException>(() => engine.Submit(Request(5, 5)));
        Assert.Equal((100L, 2L, 0L), (engine.Statistics.FreePages, engine.Statistics.FreeSlots, engine.Statistics.Live));
        handles[0].Cancel();
    }

    [Theory]
    [InlineData(0, 5, "at least one")]
    [InlineData(640, 1, "at most 640")]
    [InlineData(600, 41, "at most 40 tokens")]
    [InlineData(5, 0, "at least 1")]
    public async Task A_request_that_could_never_fit_is_refused_with_the_numbers(int prompt, int maxTokens, string words)
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 10 });
        Assert.Equal(640, engine.MaxContext);
        var refusal = Assert.Throws<SequenceRejectedException>(() => engine.Submit(Request(prompt, maxTokens)));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_outside_the_vocabulary_are_refused()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 10 });
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(new() { PromptTokens = [1, LedgerModel.Vocab] }));
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(new() { PromptTokens = [1], ReplayTokens = [-1] }));
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(new() { PromptTokens = [1], TopLogprobs = 51 }));
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(new() { PromptTokens = [1], Sampling = new() { TopP = 0 } }));
    }

    [Fact]
    public async Task Media_of_another_model_or_outside_the_prompt_are_refused_before_they_can_break_a_step()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 10 });
        var request = Request(5, 3);
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(request with { Media = new MediaEmbeddings([1], new float[8], 8) }));
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(request with { Media = new MediaEmbeddings([1, 5], new float[32], 16) }));
        Assert.Throws<SequenceRejectedException>(() => engine.Submit(request with { Media = new MediaEmbeddings([-1], new float[16], 16) }));
        Assert.Equal(FinishReason.Length, (await Answer.Of(engine.Submit(request with { Media = new MediaEmbeddings([1, 4], new float[32], 16) }))).Finish);
    }

    [Fact]
    public async Task Without_a_token_limit_an_answer_ends_at_the_context()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 2 });
        var answer = await Answer.Of(engine.Submit(Request(100, 1) with { MaxTokens = null }));
        Assert.Equal((FinishReason.Length, 28), (answer.Finish, answer.Tokens.Count));
    }

    private static async Task<(FinishReason, int)> EndOf(InferenceEngine engine, SequenceRequest request)
    {
        var answer = await Answer.Of(engine.Submit(request));
        return (answer.Finish, answer.Tokens.Count);
    }

    /// <summary>What a request must say, computed without an engine.</summary>
    private static List<int> Expected(SequenceRequest request)
    {
        var sampler = new Sampler(LedgerModel.Vocab);
        var counts = new TokenCounts(request.Sampling, request.PromptTokens);
        var tokens = request.PromptTokens.ToList();
        for (var i = 0; i < request.MaxTokens; i++)
        {
            var row = LedgerModel.LogitsAfter(tokens.ToArray());
            var token = sampler.Choose(row, request.Sampling, counts, TokenConstraint.None, new NoiseKey(request.Seed, request.Choice, tokens.Count));
            counts.Add(token);
            tokens.Add(token);
        }

        return tokens[request.PromptTokens.Length..];
    }

    private static SequenceRequest Request(int prompt, int maxTokens, ulong seed = 0) => new()
    {
        PromptTokens = [.. Enumerable.Range(0, prompt).Select(i => (i * 5 + (int)seed) % LedgerModel.Vocab)],
        MaxTokens = maxTokens,
        Seed = seed,
        Logprobs = true,
        Sampling = new() { Temperature = 0.8f, TopK = 12, PresencePenalty = 0.4f },
    };
}
