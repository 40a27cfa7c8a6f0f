using Grpc.Core;
using Platform.Contracts.Decoding;
using Platform.Contracts.Directory;
using Platform.Grains;
using WireMode = Platform.Contracts.Tokenization.ReasoningMode;

namespace Platform.Silo;

/// <summary>The door through which decoders, which know nothing of grains, register with the directory of their model.</summary>
internal sealed class DecoderDirectoryService(IGrainFactory grains) : DecoderDirectory.DecoderDirectoryBase
{
    public override async Task<HeartbeatReply> Heartbeat(DecoderHeartbeat request, ServerCallContext context)
    {
        var description = request.Description
            ?? throw new RpcException(new Status(StatusCode.InvalidArgument, "A heartbeat needs the decoder's description."));
        if (description.AppId.Length == 0 || description.Model.Length == 0)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "A decoder's description needs an app id and a model."));
        var lease = await grains.GetGrain<IDecoderDirectoryGrain>(description.Model).HeartbeatAsync(Load(request));
        return new HeartbeatReply { LeaseMilliseconds = (int)lease.TotalMilliseconds };
    }

    public override async Task<HeartbeatReply> Leave(DecoderLeave request, ServerCallContext context)
    {
        await grains.GetGrain<IDecoderDirectoryGrain>(request.Model).LeaveAsync(request.AppId);
        return new HeartbeatReply();
    }

    private static DecoderLoad Load(DecoderHeartbeat heartbeat) => new(
        heartbeat.Description.AppId,
        Model(heartbeat.Description),
        heartbeat.Running,
        heartbeat.Waiting,
        heartbeat.FreePages,
        heartbeat.TotalPages);

    private static ServedModel Model(DecoderDescription description) => new(
        description.Model,
        description.NumericsId,
        description.MaxContext,
        description.Vision,
        Defaults(description.Defaults ?? new GenerationDefaults { Temperature = 1, TopP = 1, RepetitionPenalty = 1 }),
        Mode(description.DefaultReasoningMode),
        description.Created,
        description.IdCount);

    private static SamplingDefaults Defaults(GenerationDefaults defaults) => new(
        defaults.Temperature, defaults.TopP, defaults.TopK, defaults.MinP, defaults.PresencePenalty, defaults.RepetitionPenalty);

    private static ReasoningMode Mode(WireMode mode) => mode switch
    {
        WireMode.Thinking => ReasoningMode.Thinking,
        WireMode.Fast => ReasoningMode.Fast,
        WireMode.Auto => ReasoningMode.Auto,
        _ => ReasoningMode.Default,
    };
}
