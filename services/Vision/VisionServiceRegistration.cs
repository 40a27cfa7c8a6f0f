using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Platform.Vision;

/// <summary>Puts the vision service into a process.</summary>
public static class VisionServiceRegistration
{
    /// <summary>Adds the service and what it needs; its options come from the section "Vision" of the configuration.</summary>
    /// <param name="services">The process's services.</param>
    /// <param name="model">Makes the model on first use; called once.</param>
    /// <param name="configure">Changes options after the configuration was read.</param>
    public static IServiceCollection AddVisionService(
        this IServiceCollection services, Func<IServiceProvider, VisionModel> model, Action<VisionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddGrpc().AddServiceOptions<VisionService>(options =>
        {
            options.MaxReceiveMessageSize = VisionService.MaxMessageBytes;
            options.MaxSendMessageSize = VisionService.MaxMessageBytes;
        });
        var options = services.AddOptions<VisionOptions>().BindConfiguration(VisionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.AddSingleton<IValidateOptions<VisionOptions>, VisionOptionsRules>();
        services.AddSingleton(model);
        services.AddSingleton<MediaStore>();
        return services;
    }

    /// <summary>Serves the contract under this process's addresses.</summary>
    public static GrpcServiceEndpointConventionBuilder MapVisionService(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<VisionService>();
}
