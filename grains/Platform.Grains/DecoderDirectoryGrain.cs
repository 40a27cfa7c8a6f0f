using Microsoft.Extensions.Options;

namespace Platform.Grains;

/// <summary>The decoders of one model. Nothing is stored: after a restart the next heartbeats fill it again.</summary>
internal sealed class DecoderDirectoryGrain : Grain, IDecoderDirectoryGrain
{
    private readonly TimeSpan _lease;
    private readonly DecoderLeases _decoders;

    public DecoderDirectoryGrain(IOptions<ResponseOptions> options, TimeProvider time)
    {
        _lease = TimeSpan.FromSeconds(options.Value.LeaseSeconds);
        _decoders = new DecoderLeases(time, _lease, TimeSpan.FromSeconds(options.Value.RememberModelSeconds));
    }

    public async Task<TimeSpan> HeartbeatAsync(DecoderLoad decoder)
    {
        _decoders.Renew(decoder);
        await Models.NoteAsync(decoder.Model, _lease);
        return _lease;
    }

    public async Task LeaveAsync(string appId)
    {
        if (!_decoders.Remove(appId))
            await Models.ForgetAsync(this.GetPrimaryKeyString());
    }

    public Task<DecoderLoad?> ChooseAsync(IReadOnlyList<string> excluded) => Task.FromResult(_decoders.Choose(excluded));

    public Task<ServedModel?> DescribeAsync() => Task.FromResult(_decoders.Describe());

    private IModelDirectoryGrain Models => GrainFactory.GetGrain<IModelDirectoryGrain>(0);
}
