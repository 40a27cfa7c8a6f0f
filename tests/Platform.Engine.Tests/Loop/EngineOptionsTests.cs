namespace Platform.Engine.Tests;

public sealed class EngineOptionsTests
{
    private readonly EngineModel _model = new LedgerModel().Model;

    public static TheoryData<EngineOptions, string> Wrong => new()
    {
        { new() { MaxSequences = 0 }, "MaxSequences is 0" },
        { new() { Pages = 0 }, "Pages is 0" },
        { new() { Pages = 3, KvCacheBytes = 1 << 20 }, "both set" },
        { new() { KvCacheBytes = 100 }, "less than one page" },
        { new() { MaxBatchedTokens = 8 }, "MaxBatchedTokens is 8" },
        { new() { MaxBatchedTokens = 4096 }, "at most 512" },
        { new() { MaxSequences = 100, MaxBatchedTokens = 64, Pages = 10 }, "less than MaxSequences (100)" },
        { new() { SampleableIds = 49, Pages = 10 }, "only 48 output rows" },
        { new() { OutboxCapacity = 0 }, "OutboxCapacity is 0" },
        { new() { MaxQueued = -1 }, "MaxQueued is -1" },
        { new() { MaxPrefillChunk = 0 }, "MaxPrefillChunk is 0" },
        { new() { MemoryLimitBytes = 0 }, "MemoryLimitBytes is 0" },
        { new() { CheckpointBytes = 100, Pages = 10 }, "less than one state" },
        { new() { PrefixCacheBytes = 100, Pages = 10 }, "less than one page" },
        { new() { PrefixCacheBytes = -1 }, "PrefixCacheBytes is -1" },
        { new() { CheckpointBytes = -1 }, "CheckpointBytes is -1" },
        { new() { CheckpointsPerRequest = 0 }, "CheckpointsPerRequest is 0" },
        { new() { Pages = 10, CheckpointBytes = 2_000_000, MemoryLimitBytes = 1_000_000 }, "Lower one of them" },
        { new() { Pages = 1000, MemoryLimitBytes = 8_000_000 }, "8192000 bytes (1000 pages of 8192)" },
        { new() { Pages = 1, MaxSequences = 16, MemoryLimitBytes = 20_000 }, "16 sequences of" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void That_do_not_fit_are_refused_with_the_numbers(EngineOptions options, string words)
    {
        var refusal = Assert.Throws<EngineOptionsException>(() => new InferenceEngine(_model, options));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void By_default_fit_this_machine()
    {
        var limits = EngineLimits.Resolve(new EngineOptions(), _model);
        Assert.Equal((16, 512, 48), (limits.Slots, limits.MaxBatchedTokens, limits.SampleableIds));
        Assert.InRange(limits.Pages, 1, 16 * PageAllocator.PagesFor(_model.MaxContext));
        Assert.InRange(limits.MaxContext, 64, _model.MaxContext);
    }

    [Fact]
    public void Turn_cache_bytes_into_whole_pages() =>
        Assert.Equal(3, EngineLimits.Resolve(new EngineOptions { KvCacheBytes = 4 * _model.PageBytes - 1 }, _model).Pages);
}
