using Platform.Model;

namespace Platform.Engine.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void A_decode_step_allocates_nothing()
    {
        var ledger = new LedgerModel().Model;
        using var bench = new LoopBench(ledger with { Run = WriteRows }, new() { Pages = 200, MaxSequences = 8 });
        var sequences = Enumerable.Range(0, 8).Select(i => bench.Add(new SequenceRequest
        {
            PromptTokens = [1, 2, 3],
            MaxTokens = 1_000,
            Seed = (ulong)i,
            Sampling = new() { TopK = i * 4, TopP = 0.9f, PresencePenalty = 1, RepetitionPenalty = i < 4 ? 1 : 1.1f },
        })).ToArray();
        Steps(600);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Steps(300);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Assert.True(bench.Step());
                foreach (var sequence in sequences)
                    sequence.Outbox.Reader.TryRead(out _);
            }
        }
    }

    [Theory]
    [InlineData("tiny-dense", ComputeFormat.F32, 0)]
    [InlineData("tiny-dense", ComputeFormat.BF16, 0)]
    [InlineData("tiny-moe", ComputeFormat.F32, 0)]
    [InlineData("tiny-moe", ComputeFormat.BF16, 0)]
    [InlineData("tiny-dense", ComputeFormat.F32, 2)]
    [InlineData("tiny-moe", ComputeFormat.BF16, 2)]
    public void A_thousand_decode_steps_of_a_real_model_allocate_nothing_on_any_thread(string checkpoint, ComputeFormat format, int drafts)
    {
        var kernels = new TeamAllocations();
        using var files = Checkpoint.Open(Repository.Golden(checkpoint));
        var options = new TextModelOptions { Threads = 2, Format = format, KernelOverride = kernels };
        using var model = TextModel.Load(files, options, null, TestContext.Current.CancellationToken);
        using var bench = new LoopBench(EngineModel.Of(model), new()
        {
            Pages = 300,
            MaxSequences = 4,
            MaxDraftTokens = drafts,
            DraftAlways = true,
        });
        var sequences = Enumerable.Range(0, 4).Select(i => bench.Add(new SequenceRequest
        {
            PromptTokens = [1, 2, 3],
            MaxTokens = 4_000,
            IgnoreEos = true,
            Seed = (ulong)i,
            Sampling = i == 0 ? SamplingParameters.Greedy : new() { TopK = i == 1 ? 20 : 0, TopP = 0.9f, PresencePenalty = i == 2 ? 1 : 0, MinP = 0.01f },
            Logprobs = i == 1,
        })).ToArray();
        Steps(200);
        var (engine, threads, mostBytes) = Allocated(1_000);
        // A lock makes what its waiters need when they first meet, once in its life; a step that allocates does it in every thousand.
        if (mostBytes != 0)
            (engine, threads, mostBytes) = Allocated(1_000);
        Assert.Equal((0, 0), (engine, mostBytes));
        Assert.Equal(2, threads);
        Assert.Equal(0, bench.Counters.FailedSteps);

        (long Engine, int Threads, long MostBytes) Allocated(int steps)
        {
            kernels.Restart();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Steps(steps);
            var after = GC.GetAllocatedBytesForCurrentThread();
            var (seen, most) = kernels.Seen();
            return (after - before, seen, most);
        }

        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Assert.True(bench.Step());
                foreach (var sequence in sequences)
                {
                    Assert.True(sequence.Outbox.Reader.TryRead(out var token) && token.Finish is null);
                    while (sequence.Outbox.Reader.TryRead(out token))
                        Assert.Null(token.Finish);
                }
            }
        }
    }

    private static void WriteRows(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore states, StepOutput output)
    {
        output.Prepare(segments);
        for (var row = 0; row < segments.Count; row++)
        {
            var logits = output.Logits(row);
            for (var id = 0; id < logits.Length; id++)
                logits[id] = (id * 37 + segments[row].TokenOffset * 11) % 17 * 0.3f;
        }
    }
}
