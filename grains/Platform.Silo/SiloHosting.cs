using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Grains;

namespace Platform.Silo;

/// <summary>Hosts the grains in a process.</summary>
public static class SiloHosting
{
    /// <summary>
    /// Adds a silo with localhost clustering. The host provides the <see cref="Contracts.Sidecar"/> through which grains reach the
    /// other services, and may configure <see cref="ResponseOptions"/>.
    /// </summary>
    public static IHostApplicationBuilder AddPlatformSilo(this IHostApplicationBuilder builder, SiloOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        builder.Services.AddOptions<ResponseOptions>().ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddPlatformGrains();
        builder.Services.AddGrpc();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(
            options.SiloPort, options.GatewayPort, primarySiloEndpoint: null, options.ServiceId, options.ClusterId));
        return builder;
    }

    /// <summary>Maps what silos serve under the app id <see cref="Contracts.AppIds.Silo"/>.</summary>
    public static GrpcServiceEndpointConventionBuilder MapPlatformSilo(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<DecoderDirectoryService>();
}
