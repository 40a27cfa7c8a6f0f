using Platform.Model;

namespace Platform.Engine.Tests.Drafting;

/// <summary>The model's own draft head in the loop.</summary>
public sealed class DraftHeadTests : IDisposable
{
    private readonly TextModel _model;
    private readonly EngineModel _engineModel;

    public DraftHeadTests()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-mtp"));
        _model = TextModel.Load(checkpoint, new TextModelOptions { Threads = 2 }, null, TestContext.Current.CancellationToken);
        _engineModel = EngineModel.Of(_model);
    }

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Its_keys_and_values_are_those_of_single_steps_whatever_was_accepted(double probability)
    {
        var request = Request(61);
        using var plain = new LoopBench(_engineModel, Options(0));
        var answers = new Dictionary<SequenceRequest, int[]>(ReferenceEqualityComparer.Instance) { [request] = [.. plain.Run(request).Tokens] };
        using var drafting = With(new ScriptedDrafts(answers, probability) { Vocab = 512 }, drafts: 4, chunk: 17);
        var (tokens, found, followed) = BlobAfter(drafting, request, 30);
        Assert.True(followed);
        using var single = With(new ScriptedDrafts(answers, probability) { IsSilent = true }, drafts: 1, chunk: 512);
        Assert.Equal(BlobAfter(single, request, tokens).Blob, found);
        Assert.Equal((0L, true), (single.Counters.DraftTokens, drafting.Counters.DraftTokens > 0));
    }

    [Fact]
    public void What_it_drafts_depends_on_the_tokens_alone()
    {
        var alone = Drafted(Request(50), others: 0);
        Assert.True(alone.Count > 30);
        Assert.Equal(alone, Drafted(Request(50), others: 3));
    }

    [Fact]
    public void An_export_without_it_holds_nothing_of_who_had_the_page_before()
    {
        var request = Request(61);
        using var bench = new LoopBench(_engineModel, Options(0) with { PrefixCacheBytes = 0 });
        var clean = BlobAfter(bench, request, 10).Blob;
        using var drafting = new LoopBench(_engineModel, Options(2) with { PrefixCacheBytes = 0 });
        drafting.Run(Request(64));
        drafting.Loop.Drafter!.SwitchOff("for the test");
        Assert.Equal(clean, BlobAfter(drafting, request, 10).Blob);
    }

    [Fact]
    public void A_head_that_fails_is_given_up_and_the_answers_go_on()
    {
        var request = Request(20);
        using var plain = new LoopBench(_engineModel, Options(0));
        var expected = plain.Run(request).Tokens;
        using var bench = new LoopBench(_engineModel with { CreateDraftSource = (_, _) => new Failing() }, Options(2));
        Assert.Equal(expected, bench.Run(request).Tokens);
        Assert.Equal("Drafting failed: no luck", bench.Loop.Drafter!.OffReason);
        Assert.Equal(1, bench.Counters.DraftFailures);
    }

    private static EngineOptions Options(int drafts, int chunk = 512) =>
        new() { Pages = 20, MaxSequences = 4, MaxDraftTokens = drafts, DraftAlways = true, MaxPrefillChunk = chunk, ShadowShare = 0 };

    private static SequenceRequest Request(int prompt) => new()
    {
        PromptTokens = [.. Enumerable.Range(0, prompt).Select(i => 2 + i * 31 % 400)],
        MaxTokens = 60,
        Seed = (ulong)prompt,
        Sampling = new() { Temperature = 0.8f, TopP = 0.95f },
    };

    /// <summary>An engine whose head follows every step while a script says what is drafted.</summary>
    private LoopBench With(ScriptedDrafts script, int drafts, int chunk)
    {
        var model = _engineModel with { CreateDraftSource = (cache, sampler) => script.Over(_engineModel.CreateDraftSource!(cache, sampler)) };
        return new LoopBench(model, Options(drafts, chunk));
    }

    /// <summary>The state as soon as so many tokens or more were said.</summary>
    private static (int Tokens, byte[] Blob, bool Followed) BlobAfter(LoopBench bench, SequenceRequest request, int tokens)
    {
        var sequence = bench.Add(request);
        while (sequence.Generated.Length < tokens)
            Assert.True(bench.Step());
        return (sequence.Generated.Length, bench.Loop.Transfer.Export(sequence).ToBytes(), sequence.HeadLength == sequence.State.Length);
    }

    private List<int> Drafted(SequenceRequest request, int others)
    {
        using var bench = new LoopBench(_engineModel, Options(2));
        var sequence = bench.Add(request);
        for (var i = 0; i < others; i++)
            bench.Add(Request(30 + i));
        var drafted = new List<int>();
        while (sequence.Status != SequenceStatus.Finished)
        {
            Assert.True(bench.Step());
            drafted.AddRange(sequence.TokenArray.AsSpan(sequence.TokenCount, sequence.DraftCount));
        }

        return drafted;
    }

    private sealed class Failing : IDraftSource
    {
        public bool ReadsHidden => true;

        public void Draft(IReadOnlyList<DraftTurn> turns, StepOutput output) => throw new InvalidOperationException("no luck");

        public void Dispose()
        {
        }
    }
}
