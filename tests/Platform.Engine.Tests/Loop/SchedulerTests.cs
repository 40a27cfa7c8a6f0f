using CsCheck;

namespace Platform.Engine.Tests;

public sealed class SchedulerTests
{
    private readonly LedgerModel _ledger = new();

    [Fact]
    public void Decodes_go_before_prompts_and_prompts_fill_the_rest_of_the_budget()
    {
        using var bench = Bench(new() { Pages = 20, MaxSequences = 3, MaxBatchedTokens = 64 });
        var first = bench.Add(Request(10, maxTokens: 9));
        bench.Step();
        var second = bench.Add(Request(100, maxTokens: 5));
        bench.Step();
        Assert.Equal([1, 63], FedTokens(bench));
        bench.Step();
        Assert.Equal([1, 37], FedTokens(bench));
        Assert.Equal((3, 1), (first.Generated.Length, second.Generated.Length));
        bench.Step();
        Assert.Equal([1, 1], FedTokens(bench));
    }

    [Fact]
    public void A_prompt_is_fed_in_chunks_of_the_given_size()
    {
        using var bench = Bench(new() { Pages = 20, MaxPrefillChunk = 30 });
        bench.Add(Request(70, maxTokens: 1));
        var chunks = new List<int>();
        while (bench.Step())
            chunks.AddRange(FedTokens(bench));
        Assert.Equal([30, 30, 10], chunks);
    }

    [Theory]
    [InlineData(null, 64)]
    [InlineData(100, 100)]
    public void A_long_prompt_beside_a_decoding_sequence_comes_in_small_chunks(int? beside, int expected)
    {
        using var bench = Bench(new() { Pages = 20, MaxSequences = 3, MaxBatchedTokens = 256, MaxPrefillBesideDecode = beside });
        bench.Add(Request(10, maxTokens: 9));
        bench.Step();
        bench.Add(Request(150, maxTokens: 5));
        bench.Add(Request(150, maxTokens: 5));
        bench.Step();
        Assert.Equal([1, expected], FedTokens(bench));
        bench.Finish();
        bench.AssertNothingHeld();
    }

    [Fact]
    public void Nobody_overtakes_a_sequence_that_waits_for_pages()
    {
        using var bench = Bench(new() { Pages = 4, MaxSequences = 8 });
        var running = bench.Add(Request(100, maxTokens: 20));
        bench.Step();
        var large = bench.Add(Request(150, maxTokens: 10));
        var small = bench.Add(Request(5, maxTokens: 5));
        bench.Step();
        Assert.Equal((SequenceStatus.Waiting, SequenceStatus.Waiting), (large.Status, small.Status));
        while (running.Status != SequenceStatus.Finished)
            bench.Step();
        bench.Step();
        Assert.Equal(SequenceStatus.Running, large.Status);
        bench.Finish();
        bench.AssertNothingHeld();
    }

    [Fact]
    public void Nobody_is_admitted_into_the_page_that_a_running_sequence_needs_next()
    {
        using var bench = Bench(new() { Pages = 2, MaxSequences = 2 });
        var running = bench.Add(Request(64, maxTokens: 10));
        bench.Step();
        var waiting = bench.Add(Request(5, maxTokens: 5));
        bench.Step();
        Assert.Equal((2, SequenceStatus.Waiting), (running.State.Pages.Count, waiting.Status));
        bench.Finish();
        Assert.Equal((SequenceStatus.Finished, 0L), (waiting.Status, bench.Counters.Preemptions));
    }

    [Fact]
    public void Preempts_the_newest_sequence_when_no_page_is_free_and_says_the_same_words_later()
    {
        var oldestRequest = Request(60, maxTokens: 80, seed: 1);
        var newestRequest = Request(62, maxTokens: 60, seed: 2);
        var alone = (Alone(oldestRequest), Alone(newestRequest));

        using var bench = Bench(new() { Pages = 3, MaxSequences = 2 });
        var oldest = bench.Add(oldestRequest);
        var newest = bench.Add(newestRequest);
        bench.Step();
        // One page each, and one is free: the newest takes it first and must give way when the oldest needs it.
        while (bench.Counters.Preemptions == 0)
            Assert.True(bench.Step());
        Assert.Equal((SequenceStatus.Running, SequenceStatus.Waiting), (oldest.Status, newest.Status));
        Assert.True(newest.Generated.Length > 0);
        bench.Finish();
        AssertSame(alone.Item1, Answer.Now(oldest));
        AssertSame(alone.Item2, Answer.Now(newest));
        bench.AssertNothingHeld();
    }

    [Fact]
    public void Any_mix_in_any_cache_says_what_each_says_alone_and_gives_everything_back()
    {
        var sizes = Gen.Select(Gen.Int[1, 300], Gen.Int[1, 90], Gen.Int[0, 12]);
        Gen.Select(sizes.Array[1, 12], Gen.Int[7, 20], Gen.Int[1, 8], Gen.Int[1, 200], Gen.Int[1, 20])
            .Sample((mix, pages, slots, chunk, outbox) =>
            {
                var options = new EngineOptions
                {
                    Pages = pages,
                    MaxSequences = slots,
                    MaxBatchedTokens = 64 + chunk,
                    MaxPrefillChunk = chunk,
                    OutboxCapacity = outbox,
                };
                using var bench = Bench(options);
                var requests = mix.Select((size, i) => Request(size.Item1, size.Item2, (ulong)i)).ToArray();
                var answers = RunMixed(bench, requests, [.. mix.Select(size => size.Item3)], outbox);
                for (var i = 0; i < requests.Length; i++)
                    Assert.Equal(Alone(requests[i]).Tokens, answers[i]);
                bench.AssertNothingHeld();
                Assert.Equal(0, bench.Counters.FailedSteps);
            }, iter: 150);
    }

    [Fact]
    public void A_parked_sequence_gives_its_slot_to_one_that_waits_and_goes_on_when_its_reader_comes_back()
    {
        var request = Request(20, maxTokens: 30, seed: 4);
        using var bench = Bench(new() { Pages = 10, MaxSequences = 1, OutboxCapacity = 4 });
        var slow = bench.Add(request);
        bench.Finish();
        Assert.Equal((SequenceStatus.Parked, 4), (slow.Status, slow.Generated.Length));
        Assert.True(slow.HoldsCache);

        var other = bench.Add(Request(10, maxTokens: 3));
        bench.Finish();
        Assert.Equal(SequenceStatus.Finished, other.Status);
        Assert.False(slow.HoldsCache);

        var tokens = new List<int>();
        while (slow.Status != SequenceStatus.Finished || slow.Outbox.Reader.Count > 0)
        {
            if (slow.Outbox.Reader.TryRead(out var item) && item.HasToken)
                tokens.Add(item.Token);
            bench.Step();
        }

        Assert.Equal(Alone(request).Tokens, tokens);
        bench.AssertNothingHeld();
    }

    [Fact]
    public void A_parked_sequence_keeps_its_place_while_nobody_needs_it()
    {
        using var bench = Bench(new() { Pages = 10, MaxSequences = 2, OutboxCapacity = 4 });
        var slow = bench.Add(Request(20, maxTokens: 8));
        bench.Finish();
        while (slow.Outbox.Reader.TryRead(out _))
        {
        }

        bench.Finish();
        Assert.Equal((SequenceStatus.Finished, 0L), (slow.Status, bench.Counters.Preemptions));
    }

    [Fact]
    public void A_cancelled_sequence_gives_everything_back_before_the_next_step()
    {
        using var bench = Bench(new() { Pages = 10, MaxSequences = 1, OutboxCapacity = 4 });
        var running = bench.Add(Request(100, maxTokens: 50));
        var waiting = bench.Add(Request(100, maxTokens: 50));
        bench.Step();
        running.CancelRequested = true;
        waiting.CancelRequested = true;
        Assert.False(bench.Step());
        Assert.Equal((FinishReason.Cancelled, 1), (Answer.Now(running).Finish, running.Generated.Length));
        Assert.Equal(FinishReason.Cancelled, Answer.Now(waiting).Finish);
        Assert.Equal(2, bench.Counters.Cancellations);
        bench.AssertNothingHeld();
    }

    [Fact]
    public void A_cancellation_during_a_step_lets_no_token_of_it_out()
    {
        using var bench = Bench(new() { Pages = 10 });
        var sequence = bench.Add(Request(10, maxTokens: 50));
        bench.Step();
        _ledger.BeforeStep = _ => sequence.CancelRequested = true;
        bench.Step();
        Assert.Equal(FinishReason.Cancelled, Answer.Now(sequence).Finish);
        Assert.Equal(1, sequence.Generated.Length);
        bench.AssertNothingHeld();
    }

    private LoopBench Bench(EngineOptions options) => new(_ledger.Model, options);

    private static Answer Alone(SequenceRequest request)
    {
        using var bench = new LoopBench(new LedgerModel().Model, new() { Pages = 20, MaxSequences = 1, OutboxCapacity = 1000 });
        return bench.Run(request);
    }

    private static int[] FedTokens(LoopBench bench) => [.. bench.Loop.LastBatch!.Segments.Select(segment => segment.TokenCount)];

    private static void AssertSame(Answer expected, Answer found)
    {
        Assert.Equal(expected.Tokens, found.Tokens);
        Assert.Equal(expected.Logprobs, found.Logprobs);
        Assert.Equal(expected.Finish, found.Finish);
    }

    /// <summary>Submits each request after so many steps and reads each outbox only now and then.</summary>
    private static int[][] RunMixed(LoopBench bench, SequenceRequest[] requests, int[] delays, int readEach)
    {
        var sequences = new Sequence?[requests.Length];
        var tokens = requests.Select(_ => new List<int>()).ToArray();
        for (var step = 0; sequences.Any(sequence => sequence is not { Status: SequenceStatus.Finished }) || step == 0; step++)
        {
            Assert.True(step < 100_000, "The mix does not come to an end.");
            for (var i = 0; i < requests.Length; i++)
            {
                if (sequences[i] is null && (i == 0 || sequences[i - 1] is not null) && step >= delays[i])
                    sequences[i] = bench.Add(requests[i]);
            }

            bench.Step();
            for (var i = 0; i < requests.Length; i++)
            {
                if ((step + i) % (readEach + 1) == 0)
                    Read(sequences[i], tokens[i]);
            }
        }

        for (var i = 0; i < requests.Length; i++)
            Read(sequences[i], tokens[i]);
        return [.. tokens.Select(list => list.ToArray())];
    }

    private static void Read(Sequence? sequence, List<int> tokens)
    {
        while (sequence is not null && sequence.Outbox.Reader.TryRead(out var item))
        {
            Assert.Null(item.Error);
            if (item.HasToken)
                tokens.Add(item.Token);
        }
    }

    private static SequenceRequest Request(int prompt, int maxTokens, ulong seed = 0) => new()
    {
        PromptTokens = [.. Enumerable.Range(0, prompt).Select(i => (i * 7 + (int)seed) % LedgerModel.Vocab)],
        MaxTokens = maxTokens,
        Seed = seed,
        Logprobs = true,
        Sampling = new() { RepetitionPenalty = 1.1f, FrequencyPenalty = 0.2f, TopP = 0.9f },
    };
}
