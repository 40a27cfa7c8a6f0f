using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Grains;

/// <summary>What the grains of this room need from a silo's services.</summary>
public static class GrainServices
{
    /// <summary>Adds it. The host provides the <see cref="Contracts.Sidecar"/> and the <see cref="ResponseOptions"/>.</summary>
    public static IServiceCollection AddPlatformGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KeptResponses>();
        services.TryAddSingleton<PromptEncoder>();
        services.TryAddSingleton<DecoderPlacement>();
        return services;
    }
}
