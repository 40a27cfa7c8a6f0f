using Microsoft.Extensions.Hosting;
using Platform.Contracts;
using Platform.Contracts.Directory;
using Platform.Text;

namespace Conformance.ScriptedDecoder;

/// <summary>Registers the scripted decoders with the silo, as decoders do, and keeps their leases.</summary>
internal sealed class ScriptedHeartbeats(
    ScriptedDecoders decoders, Tokenizer tokenizer, IServiceProvider services, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(stoppingToken);
        var sidecar = (Sidecar)services.GetService(typeof(Sidecar))!;
        var silo = new DecoderDirectory.DecoderDirectoryClient(sidecar.For(AppIds.Silo));
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var decoder in decoders.All.Where(decoder => decoder.Alive))
                await BeatAsync(silo, decoder, tokenizer.IdCount, stoppingToken);
            await Task.Delay(TimeSpan.FromMilliseconds(250), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tells the silo about one decoder.</summary>
    internal static async Task BeatAsync(
        DecoderDirectory.DecoderDirectoryClient silo, ScriptedDecoder decoder, int idCount, CancellationToken cancellationToken) =>
        await silo.HeartbeatAsync(
            new DecoderHeartbeat
            {
                Description = decoder.Describe(idCount),
                Running = decoder.Running,
                FreePages = 100,
                TotalPages = 100,
            },
            cancellationToken: cancellationToken);
}
