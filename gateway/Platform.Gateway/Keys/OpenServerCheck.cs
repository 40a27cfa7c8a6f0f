using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Gateway.Observability;

namespace Platform.Gateway.Keys;

/// <summary>Stops the start of an open server that listens on more than loopback.</summary>
internal sealed class OpenServerCheck(KeyRing keys, IServer server, ILogger<OpenServerCheck> log) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!keys.IsOpen)
            return Task.CompletedTask;
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var exposed = addresses.FirstOrDefault(address => !IsLoopback(address));
        if (exposed is not null)
        {
            throw new InvalidOperationException(
                $"Gateway:Open is true but the server listens on {exposed}, which others can reach. " +
                "Listen on 127.0.0.1, or configure Gateway:Keys and set Gateway:Open to false.");
        }

        log.StartedOpen(string.Join(", ", addresses));
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsLoopback(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return address.StartsWith("http://unix:", StringComparison.Ordinal);
        return uri.IsLoopback || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
