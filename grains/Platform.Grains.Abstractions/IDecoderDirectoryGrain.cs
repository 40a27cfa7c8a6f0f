namespace Platform.Grains;

/// <summary>The decoders of one model, by the model's name; rebuilt from heartbeats, so it needs no storage.</summary>
[Alias("platform.decoder-directory")]
public interface IDecoderDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Registers a decoder or renews its lease. Returns how long the lease lasts.</summary>
    [Alias("heartbeat")]
    Task<TimeSpan> HeartbeatAsync(DecoderLoad decoder);

    /// <summary>Takes a decoder out at once.</summary>
    [Alias("leave")]
    Task LeaveAsync(string appId);

    /// <summary>The least loaded decoder with a living lease, or null. <paramref name="excluded"/>: app ids that just refused.</summary>
    [Alias("choose")]
    Task<DecoderLoad?> ChooseAsync(IReadOnlyList<string> excluded);

    /// <summary>
    /// What the model can do, from its decoders with a living lease, else from those that had one a short while ago (so that a restart
    /// reads as "come back", not as "unknown"); null when none served it.
    /// </summary>
    [Alias("describe")]
    Task<ServedModel?> DescribeAsync();
}
