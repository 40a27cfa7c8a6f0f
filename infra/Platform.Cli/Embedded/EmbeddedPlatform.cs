using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Decoder;
using Platform.Engine;
using Platform.Grains;

namespace Platform.Cli.Embedded;

/// <summary>
/// The whole platform in one process: the same gateway, grains and service contracts as in a cluster, on loopback. Any number of them
/// can run side by side in one process.
/// </summary>
public sealed class EmbeddedPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _services;
    private WebApplication? _gateway;

    private EmbeddedPlatform(WebApplication services) => _services = services;

    /// <summary>The public address, for example <c>http://127.0.0.1:8000</c>.</summary>
    /// <exception cref="InvalidOperationException">It was started without its gateway.</exception>
    public Uri Address => new(
        _gateway?.Urls.First() ?? throw new InvalidOperationException("This platform was started without a gateway, so it has no public address."));

    /// <summary>The services of the host of grains and gRPC services.</summary>
    public IServiceProvider Services => _services.Services;

    /// <summary>The grains, as an in-process client sees them.</summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>The engine of the decoder in this process.</summary>
    /// <exception cref="InvalidOperationException">It was started without its decoder.</exception>
    public InferenceEngine Engine => Services.GetRequiredService<InferenceEngine>();

    /// <summary>The way to the gRPC services.</summary>
    public Sidecar Sidecar => Services.GetRequiredService<Sidecar>();

    /// <summary>Starts it. Returns when a request would be answered.</summary>
    /// <param name="options">What to serve, and where.</param>
    /// <param name="progress">Told how far loading the model is.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<EmbeddedPlatform> StartAsync(
        EmbeddedOptions options, IProgress<DecoderProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var platform = new EmbeddedPlatform(await ServiceHost.StartAsync(options, progress, cancellationToken));
        try
        {
            await platform.ModelServedAsync(cancellationToken);
            if (options.IncludeGateway)
                platform._gateway = await GatewayHost.StartAsync(options, platform.Services, cancellationToken);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it: first the gateway, so that requests in flight still find grains and services.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.StopAsync();
            await _gateway.DisposeAsync();
        }
        await _services.StopAsync();
        await _services.DisposeAsync();
    }

    // The decoder's first heartbeat comes right after the host listens.
    private async Task ModelServedAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var models = Grains.GetGrain<IModelDirectoryGrain>(0);
        while ((await models.ListAsync()).Count == 0)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"The decoder is loaded but did not register within {Patience.TotalSeconds:0} s; the machine is too busy. Start again.");
            await Task.Delay(20, cancellationToken);
        }
    }
}
