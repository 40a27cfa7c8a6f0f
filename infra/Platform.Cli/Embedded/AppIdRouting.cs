using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;

namespace Platform.Cli.Embedded;

/// <summary>
/// Stands where the sidecar stands when services are processes: a call names the app it wants by <c>dapr-app-id</c>, and reaches only
/// services of that app. Without an app id, or with one that nobody has, it is refused with the status and the wording of a Dapr
/// sidecar; a service that the app does not have is unimplemented, as the app itself would answer.
/// </summary>
public static class AppIdRouting
{
    /// <summary>Says which app serves an endpoint.</summary>
    public static TBuilder ServedBy<TBuilder>(this TBuilder endpoint, string appId)
        where TBuilder : IEndpointConventionBuilder => endpoint.ServedBy(candidate => candidate == appId);

    /// <summary>Says which apps serve an endpoint.</summary>
    public static TBuilder ServedBy<TBuilder>(this TBuilder endpoint, Func<string, bool> hasAppId)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ServingApp(hasAppId));

    /// <summary>Refuses what a sidecar would refuse. Runs after routing.</summary>
    internal static IApplicationBuilder UseAppIdRouting(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        string? appId = context.Request.Headers[Sidecar.AppIdHeader];
        if (string.IsNullOrEmpty(appId))
            return RefuseAsync(context, StatusCode.Unknown, $"failed to proxy request: required metadata {Sidecar.AppIdHeader} not found");
        if (context.GetEndpoint()?.Metadata.GetMetadata<ServingApp>() is { } serving && serving.HasAppId(appId))
            return next(context);
        return Exists(appId, context)
            ? RefuseAsync(context, StatusCode.Unimplemented, $"The app '{appId}' has no service at {context.Request.Path}.")
            : RefuseAsync(context, StatusCode.Unknown, $"failed to proxy request: couldn't find service: {appId}");
    });

    private static bool Exists(string appId, HttpContext context) => context.RequestServices
        .GetRequiredService<EndpointDataSource>().Endpoints
        .Any(endpoint => endpoint.Metadata.GetMetadata<ServingApp>() is { } serving && serving.HasAppId(appId));

    // A gRPC refusal without a message is one block of headers.
    private static Task RefuseAsync(HttpContext context, StatusCode status, string message)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        return context.Response.CompleteAsync();
    }

    private sealed record ServingApp(Func<string, bool> HasAppId);
}
