using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Gateway.Chat;
using Platform.Gateway.Completions;
using Platform.Gateway.Docs;
using Platform.Gateway.Errors;
using Platform.Gateway.Health;
using Platform.Gateway.Keys;
using Platform.Gateway.Media;
using Platform.Gateway.Models;
using Platform.Gateway.Observability;
using Platform.Gateway.Options;
using Platform.Gateway.Tokens;

namespace Platform.Gateway;

/// <summary>
/// The HTTP edge of the platform. The host adds it, brings an Orleans client or silo (for <see cref="IGrainFactory"/>) and, unless
/// <c>DAPR_GRPC_ENDPOINT</c> names it, the <see cref="Sidecar"/>, and maps it.
/// </summary>
public static class PlatformGateway
{
    /// <summary>Adds the gateway's services. Options come from the section <c>Gateway</c>, then from <paramref name="configure"/>.</summary>
    public static IHostApplicationBuilder AddPlatformGateway(this IHostApplicationBuilder builder, Action<GatewayOptions>? configure = null)
    {
        var services = builder.Services;
        var options = services.AddOptions<GatewayOptions>().Bind(builder.Configuration.GetSection(GatewayOptions.Section));
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsAnnotations>();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => LocalSidecar());
        services.AddSingleton<KeyRing>();
        services.AddHostedService<OpenServerCheck>();
        services.AddSingleton<ModelCatalogue>();
        services.AddSingleton<MediaFetcher>();
        services.AddSingleton<MediaUpload>();
        services.AddSingleton<TokenizerService>();
        services.AddSingleton<ChatCompletionsEndpoint>();
        services.AddSingleton<CompletionsEndpoint>();
        services.AddSingleton<ModelsEndpoints>();
        services.AddSingleton<TokensEndpoints>();
        services.AddSingleton<HealthEndpoints>();
        return builder;
    }

    /// <summary>Puts the gateway's layers and routes into the application. Requests of gRPC pass by untouched.</summary>
    public static WebApplication MapPlatformGateway(this WebApplication app)
    {
        app.UseMiddleware<RequestIdentity>();
        app.UseMiddleware<RequestCount>();
        app.UseMiddleware<ErrorShape>();
        var api = app.MapGroup("");
        api.AddEndpointFilter(new KeyCheck(app.Services.GetRequiredService<KeyRing>()));
        ChatCompletionsEndpoint.Map(api);
        CompletionsEndpoint.Map(api);
        ModelsEndpoints.Map(api);
        TokensEndpoints.Map(api);
        HealthEndpoints.Map(app);
        DocsEndpoints.Map(app);
        MetricsEndpoint.Map(app);
        return app;
    }

    private static Sidecar LocalSidecar()
    {
        var endpoint = Environment.GetEnvironmentVariable(Sidecar.EndpointVariable);
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
            ? new Sidecar(uri)
            : throw new InvalidOperationException(
                $"{Sidecar.EndpointVariable} is {(endpoint is null ? "not set" : $"'{endpoint}'")}, but must be the address of the local sidecar, " +
                "for example http://127.0.0.1:50001. Set it, or register a Sidecar.");
    }
}
