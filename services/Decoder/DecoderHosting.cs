using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Contracts;
using Platform.Text;
using Prometheus;

namespace Platform.Decoder;

/// <summary>Hosts a decoder in a process.</summary>
public static class DecoderHosting
{
    /// <summary>
    /// Adds a decoder. The host provides the <see cref="Sidecar"/>, which may be usable only once the host listens. The model is loaded
    /// when the service is mapped.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Which model, and how.</param>
    /// <param name="progress">Told how far loading is.</param>
    /// <exception cref="ValidationException">An option is out of range.</exception>
    public static IServiceCollection AddDecoderService(
        this IServiceCollection services, DecoderOptions options, IProgress<DecoderProgress>? progress = null)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        Validator.ValidateObject(options.Engine, new ValidationContext(options.Engine), validateAllProperties: true);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Metrics.DefaultRegistry);
        services.TryAddSingleton(_ => Tokenizer.Load(options.CheckpointDirectory));
        services.TryAddSingleton(provider => new Lazy<Sidecar>(provider.GetRequiredService<Sidecar>));
        services.AddSingleton(options);
        services.AddSingleton(provider => DecoderLoader.Load(
            options, provider.GetRequiredService<Tokenizer>(), provider.GetRequiredService<TimeProvider>(), progress));
        services.AddSingleton(provider => provider.GetRequiredService<ServedDecoder>().Engine);
        services.AddSingleton<MediaPull>();
        services.AddSingleton<SequenceRequests>();
        services.AddSingleton<DecoderMetrics>();
        services.AddSingleton(new EpochBook(options.RememberedEpochs));
        services.AddHostedService<DecoderHeartbeats>();
        services.AddGrpc();
        return services;
    }

    /// <summary>Maps the service and loads the model, so that a damaged checkpoint fails here and not at the first request.</summary>
    public static GrpcServiceEndpointConventionBuilder MapDecoderService(this IEndpointRouteBuilder endpoints)
    {
        _ = endpoints.ServiceProvider.GetRequiredService<ServedDecoder>();
        _ = endpoints.ServiceProvider.GetRequiredService<DecoderMetrics>();
        return endpoints.MapGrpcService<DecodingService>();
    }
}
