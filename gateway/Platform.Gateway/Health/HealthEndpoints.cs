using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Grains;

namespace Platform.Gateway.Health;

/// <summary><c>GET /health</c>: the process lives. <c>GET /ready</c>: a model is served. <c>GET /version</c>. None needs a key.</summary>
internal sealed class HealthEndpoints(IGrainFactory grains)
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(2);

    private static readonly string Version = typeof(HealthEndpoints).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", (HttpContext context) => StatusAsync(context, "ok"));
        routes.MapGet("/ready", (HttpContext context, HealthEndpoints endpoints) => endpoints.ReadyAsync(context));
        routes.MapGet("/version", (HttpContext context) => JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("version", Version);
            writer.WriteEndObject();
        }));
    }

    private async Task ReadyAsync(HttpContext context)
    {
        try
        {
            var models = await grains.GetGrain<IModelDirectoryGrain>(0).ListAsync().WaitAsync(ReadyWithin, context.RequestAborted);
            if (models.Count > 0)
            {
                await StatusAsync(context, "ready");
                return;
            }
        }
        catch (TimeoutException)
        {
            throw new ApiException(ApiError.Unavailable("The grains do not answer. Retry shortly."));
        }

        throw new ApiException(ApiError.Unavailable("No model is being served yet. Retry shortly."));
    }

    private static Task StatusAsync(HttpContext context, string status) => JsonAnswer.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", status);
        writer.WriteEndObject();
    });
}
