using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Contracts;
using Platform.Gateway;

namespace Platform.Cli.Embedded;

/// <summary>The half of the embedded platform that clients see: the gateway on a loopback port.</summary>
internal static class GatewayHost
{
    /// <summary>Builds and starts it over the grains and services of a running service host.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<WebApplication> StartAsync(
        EmbeddedOptions options, IServiceProvider services, CancellationToken cancellationToken)
    {
        var app = Build(options, services);
        try
        {
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(EmbeddedOptions options, IServiceProvider services)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ServiceHost.ConfigureLogging(builder.Logging, options);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        // Instances of the other host: this one uses them and leaves their disposal to it.
        builder.Services.AddSingleton(services.GetRequiredService<IGrainFactory>());
        builder.Services.AddSingleton(services.GetRequiredService<IClusterClient>());
        builder.Services.AddSingleton(services.GetRequiredService<Sidecar>());
        builder.AddPlatformGateway(options.Gateway ?? (gateway => gateway.Open = true));
        options.ConfigureGateway?.Invoke(builder);

        var app = builder.Build();
        app.MapPlatformGateway();
        options.MapGateway?.Invoke(app);
        return app;
    }
}
