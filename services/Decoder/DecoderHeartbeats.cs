using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Contracts.Directory;
using Platform.Engine;

namespace Platform.Decoder;

/// <summary>Registers the decoder with its model's directory and keeps the lease; leaves when the host stops.</summary>
internal sealed class DecoderHeartbeats(
    ServedDecoder decoder,
    DecoderOptions options,
    Lazy<Sidecar> sidecar,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DecoderHeartbeats> logger) : BackgroundService
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Registered before it listens, the decoder would be asked too early.
        await ListeningAsync(stoppingToken);
        var statistics = decoder.Engine.Statistics;
        logger.Serving(
            options.AppId,
            options.ModelName,
            decoder.Engine.NumericsId,
            decoder.Engine.MaxContext,
            statistics.TotalSlots,
            statistics.TotalPages);
        decoder.Engine.ShadowDiffered += Tell;
        while (!stoppingToken.IsCancellationRequested)
        {
            await BeatAsync(stoppingToken);
            await Task.Delay(TimeSpan.FromMilliseconds(options.HeartbeatMilliseconds), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await LeaveAsync();
    }

    private void Tell(ShadowDifference difference) => logger.ShadowDiffered(
        difference.NumericsId,
        difference.Index,
        difference.AnswerTokens,
        difference.PromptTokens,
        difference.CachedTokens,
        difference.AcceptedDrafts,
        difference.JudgedDrafts,
        difference.DraftingSwitchedOff,
        difference.CacheSwitchedOff);

    private async Task ListeningAsync(CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(cancellationToken);
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var statistics = decoder.Engine.Statistics;
        var heartbeat = new DecoderHeartbeat
        {
            Description = decoder.Description,
            Running = (int)statistics.Running,
            Waiting = (int)(statistics.Live - statistics.Running),
            FreePages = (int)statistics.FreePages,
            TotalPages = (int)statistics.TotalPages,
        };
        try
        {
            await Directory.HeartbeatAsync(heartbeat, deadline: Deadline, cancellationToken: cancellationToken);
        }
        catch (RpcException error)
        {
            if (!cancellationToken.IsCancellationRequested)
                logger.HeartbeatFailed(error.StatusCode.ToString(), options.HeartbeatMilliseconds);
        }
    }

    private async Task LeaveAsync()
    {
        try
        {
            await Directory.LeaveAsync(new DecoderLeave { AppId = options.AppId, Model = options.ModelName }, deadline: Deadline);
            logger.Left(options.AppId);
        }
        catch (RpcException)
        {
            // The lease runs out by itself.
        }
    }

    private DecoderDirectory.DecoderDirectoryClient Directory => new(sidecar.Value.For(AppIds.Silo));

    private DateTime Deadline => time.GetUtcNow().UtcDateTime + CallTimeout;
}
