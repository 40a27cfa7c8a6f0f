using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prometheus;

namespace Platform.Gateway.Observability;

/// <summary><c>GET /metrics</c>: everything this process counts, in Prometheus' text format.</summary>
internal static partial class MetricsEndpoint
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        using var text = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text, context.RequestAborted);
        context.Response.ContentType = ContentType;
        await context.Response.WriteAsync(Spell(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length)), context.RequestAborted);
    }

    /// <summary>The client library allows no colon in a name, so such names are registered with two underscores in its place.</summary>
    internal static string Spell(string exposition) => NamesWithColon().Replace(exposition, "$1vllm:");

    [GeneratedRegex("^(# HELP |# TYPE |)vllm__", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex NamesWithColon();
}
