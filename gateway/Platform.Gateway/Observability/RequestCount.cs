using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Platform.Gateway.Observability;

/// <summary>Counts requests by route and status; the route is the pattern, so that the number of labels is bounded.</summary>
internal sealed class RequestCount(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        try
        {
            await next(context);
        }
        finally
        {
            GatewayMetrics.Requests.WithLabels(route, context.Response.StatusCode.ToString(CultureInfo.InvariantCulture)).Inc();
        }
    }
}
