using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Grains;

namespace Platform.Cli.Embedded;

/// <summary>
/// The whole platform in one process: the same gateway, grains and service contracts as in a cluster, on loopback. Any number of them
/// can run side by side in one process.
/// </summary>
public sealed class EmbeddedPlatform : IAsyncDisposable
{
    private readonly WebApplication _services;

    private EmbeddedPlatform(WebApplication services) => _services = services;

    /// <summary>The services of the host of grains and gRPC services.</summary>
    public IServiceProvider Services => _services.Services;

    /// <summary>The grains, as an in-process client sees them.</summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>The way to the gRPC services.</summary>
    public Sidecar Sidecar => Services.GetRequiredService<Sidecar>();

    /// <summary>Starts it. Returns when a request would be answered.</summary>
    public static async Task<EmbeddedPlatform> StartAsync(EmbeddedOptions options, CancellationToken cancellationToken = default)
    {
        var platform = new EmbeddedPlatform(await ServiceHost.StartAsync(options, cancellationToken));
        try
        {
            await platform.ModelServedAsync(cancellationToken);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.StopAsync();
        await _services.DisposeAsync();
    }

    // The decoder's first heartbeat comes right after the host listens.
    private async Task ModelServedAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var models = Grains.GetGrain<IModelDirectoryGrain>(0);
        while ((await models.ListAsync()).Count == 0)
            await Task.Delay(20, patience.Token);
    }
}
