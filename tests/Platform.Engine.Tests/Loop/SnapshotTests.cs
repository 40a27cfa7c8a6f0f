using CsCheck;
using Platform.Kernels;

namespace Platform.Engine.Tests;

public sealed class SnapshotTests
{
    private readonly LedgerModel _ledger = new();

    [Fact]
    public async Task A_sequence_moved_to_another_engine_goes_on_with_the_same_words()
    {
        var request = Request(100, 200);
        await using var here = new InferenceEngine(_ledger.Model, new() { Pages = 20, OutboxCapacity = 50 });
        await using var there = new InferenceEngine(new LedgerModel().Model, new() { Pages = 20 });
        var whole = await Answer.Of(there.Submit(request));

        var handle = here.Submit(request);
        await handle.Events.WaitToReadAsync(TestContext.Current.CancellationToken);
        var snapshot = SequenceSnapshot.FromBytes((await here.ExportAsync(handle, detach: true, TestContext.Current.CancellationToken)).ToBytes());
        var before = await Answer.Of(handle);
        Assert.Equal(FinishReason.Cancelled, before.Finish);
        Assert.Equal(snapshot.GeneratedTokens, before.Tokens);
        Assert.Equal(20, here.Statistics.FreePages);

        var after = await Answer.Of(there.Submit(request with { ReplayTokens = [.. snapshot.GeneratedTokens], Resume = snapshot }));
        Assert.Equal(whole.Tokens, before.Tokens.Concat(after.Tokens));
        Assert.Equal(whole.Logprobs, before.Logprobs.Concat(after.Logprobs));
        Assert.Equal(100, after.CachedTokens);
    }

    [Fact]
    public void An_export_at_any_step_resumes_with_the_same_words_and_feeds_only_what_is_new()
    {
        var request = Request(70, 40);
        using var straight = Bench();
        var whole = straight.Run(request);
        for (var steps = 1; steps <= 36; steps += 5)
        {
            using var source = Bench(chunk: 30);
            var sequence = source.Add(request);
            for (var i = 0; i < steps; i++)
                source.Step();
            var snapshot = source.Loop.Transfer.Export(sequence);

            using var target = Bench();
            var rest = target.Run(request with { ReplayTokens = [.. snapshot.GeneratedTokens], Resume = snapshot });
            Assert.Equal(whole.Tokens.Skip(snapshot.GeneratedTokens.Count), rest.Tokens);
            Assert.Equal(70 + 40 - 1 - snapshot.CachedLength, target.Counters.PrefillTokens + target.Counters.DecodeTokens);
            target.AssertNothingHeld();
        }
    }

    [Fact]
    public void An_export_leaves_the_sequence_as_it_was()
    {
        var request = Request(70, 40);
        using var bench = Bench();
        var sequence = bench.Add(request);
        while (bench.Step())
            bench.Loop.Transfer.Export(sequence);
        using var undisturbed = Bench();
        Assert.Equal(undisturbed.Run(request).Tokens, Answer.Now(sequence).Tokens);
    }

    [Theory]
    [InlineData(KvStorage.F32, 24)]
    [InlineData(KvStorage.BF16, 24)]
    [InlineData(KvStorage.BF16, 17)]
    [InlineData(KvStorage.Int8, 24)]
    [InlineData(KvStorage.Int8, 17)]
    public void An_export_holds_nothing_of_who_had_the_page_before(KvStorage storage, int headDim)
    {
        var layout = new KvLayout(2, 3, headDim, storage);
        for (var kept = 1; kept < 64; kept++)
        {
            var page = new byte[layout.PageBytes];
            Array.Fill(page, (byte)0xFF);
            PageTail.Clear(layout, page, kept);
            var keyElements = 4 * ((headDim + 1) / 2 * 2) * 16 / 64 * kept;
            var valueElements = layout.PaddedHeadDim * kept;
            var scales = layout.ScaleHeadBytes / 64 * kept * 2;
            Assert.Equal(2 * 3 * ((keyElements + valueElements) * layout.ElementBytes + scales), page.Count(value => value == 0xFF));
        }
    }

    [Fact]
    public void Any_changed_or_missing_byte_is_noticed()
    {
        var bytes = Exported().ToBytes();
        Assert.Equal(bytes, SequenceSnapshot.FromBytes(bytes).ToBytes());
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Int[1, 255]).Sample((index, change) =>
        {
            var damaged = bytes.ToArray();
            damaged[index] ^= (byte)change;
            Assert.Throws<SnapshotException>(() => SequenceSnapshot.FromBytes(damaged));
        }, iter: 500);
        Gen.Int[0, bytes.Length - 1].Sample(length => Assert.Throws<SnapshotException>(() => SequenceSnapshot.FromBytes(bytes[..length])), iter: 200);
    }

    [Fact]
    public void State_of_another_request_or_another_numerics_id_is_refused()
    {
        var snapshot = Exported();
        var request = Request(70, 40) with { ReplayTokens = [.. snapshot.GeneratedTokens], Resume = snapshot };
        using var bench = Bench();
        Refused(request with { Seed = 99 });
        Refused(request with { Choice = 1 });
        Refused(request with { PromptTokens = [.. request.PromptTokens.Reverse()] });
        Refused(request with { ReplayTokens = [] });
        Refused(request with { ReplayTokens = [.. request.ReplayTokens.Select(token => (token + 1) % LedgerModel.Vocab)] });
        Refused(request with { Media = new MediaEmbeddings([3], new float[16], 16) });

        using var other = new LoopBench(_ledger.Model with { NumericsId = "ledger-2" }, new() { Pages = 20 });
        var refusal = Assert.Throws<SnapshotException>(() => other.Add(request));
        Assert.Contains("ledger-1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ledger-2", refusal.Message, StringComparison.Ordinal);

        void Refused(SequenceRequest wrong) => Assert.Throws<SnapshotException>(() => bench.Add(wrong));
    }

    [Fact]
    public async Task A_sequence_that_has_ended_cannot_be_exported()
    {
        await using var engine = new InferenceEngine(_ledger.Model, new() { Pages = 20 });
        var handle = engine.Submit(Request(5, 3));
        await Answer.Of(handle);
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.ExportAsync(handle, detach: false, TestContext.Current.CancellationToken));
    }

    private SequenceSnapshot Exported()
    {
        using var bench = Bench();
        var sequence = bench.Add(Request(70, 40));
        for (var i = 0; i < 10; i++)
            bench.Step();
        return bench.Loop.Transfer.Export(sequence);
    }

    private LoopBench Bench(int chunk = 64) => new(_ledger.Model, new() { Pages = 20, MaxPrefillChunk = chunk });

    private static SequenceRequest Request(int prompt, int maxTokens) => new()
    {
        PromptTokens = [.. Enumerable.Range(0, prompt).Select(i => i * 11 % LedgerModel.Vocab)],
        MaxTokens = maxTokens,
        Seed = 5,
        Logprobs = true,
        Sampling = new() { RepetitionPenalty = 1.2f },
    };
}
