namespace Platform.Grains.Tests;

/// <summary>Who is believed to live, and who is chosen.</summary>
public sealed class DecoderLeasesTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private readonly ManualTime _time = new();
    private readonly DecoderLeases _leases;

    public DecoderLeasesTests() => _leases = new DecoderLeases(_time, Lease, rememberModel: TimeSpan.FromSeconds(60));

    [Fact]
    public void The_least_loaded_decoder_is_chosen()
    {
        _leases.Renew(Load("busy", running: 5));
        _leases.Renew(Load("idle", running: 0));
        Assert.Equal("idle", _leases.Choose([])?.AppId);
    }

    [Fact]
    public void A_burst_between_two_heartbeats_spreads()
    {
        _leases.Renew(Load("a", running: 0));
        _leases.Renew(Load("b", running: 0));
        var chosen = Enumerable.Range(0, 10).Select(_ => _leases.Choose([])!.AppId).ToList();
        Assert.Equal(5, chosen.Count(appId => appId == "a"));
    }

    [Fact]
    public void Excluded_decoders_are_not_chosen()
    {
        _leases.Renew(Load("a", running: 0));
        Assert.Null(_leases.Choose(["a"]));
    }

    [Fact]
    public void A_lease_runs_out_without_heartbeats_and_the_model_is_remembered_for_a_while()
    {
        _leases.Renew(Load("a", running: 0));
        _time.Advance(Lease);
        Assert.Null(_leases.Choose([]));
        Assert.NotNull(_leases.Describe());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(_leases.Describe());
    }

    [Fact]
    public void A_decoder_that_leaves_is_gone_at_once()
    {
        _leases.Renew(Load("a", running: 0));
        Assert.False(_leases.Remove("a"));
        Assert.Null(_leases.Choose([]));
    }

    private static DecoderLoad Load(string appId, int running) => new(
        appId,
        new ServedModel("m", "id", 1024, false, new SamplingDefaults(1, 1, 0, 0, 0, 1), ReasoningMode.Thinking, 0, 100),
        running,
        WaitingSequences: 0,
        FreePages: 10,
        TotalPages: 10);

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
