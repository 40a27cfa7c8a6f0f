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
