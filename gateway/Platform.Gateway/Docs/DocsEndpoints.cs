using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Platform.Gateway.Docs;

/// <summary>The API's description as OpenAPI at <c>/openapi.json</c>, and as a page to read and try at <c>/docs</c>.</summary>
internal static class DocsEndpoints
{
    private const string Document = "openapi.json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var document = Read();
        routes.MapGet("/" + Document, () => Results.Bytes(document, "application/json; charset=utf-8"));
        routes.MapScalarApiReference("/docs", Configure).Add(KeepAtHome);
    }

    private static void Configure(ScalarOptions options) => options
        .WithTitle("Platform API")
        .WithOpenApiRoutePattern("/" + Document)
        .WithTheme(ScalarTheme.Alternate)
        .WithDefaultHttpClient(ScalarTarget.Shell, ScalarClient.Curl)
        .AddPreferredSecuritySchemes("key")
        .DisableDefaultFonts()
        .DisableTelemetry()
        .DisableAgent()
        .DisableMcp()
        .HideClientButton()
        .HideDeveloperTools();

    // A page into which keys are typed talks to nobody else, whatever its scripts would like to.
    private static void KeepAtHome(EndpointBuilder endpoint)
    {
        var page = endpoint.RequestDelegate;
        if (page is null)
            return;
        endpoint.RequestDelegate = context =>
        {
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'";
            return page(context);
        };
    }

    internal static byte[] Read()
    {
        using var stream = typeof(DocsEndpoints).Assembly.GetManifestResourceStream(Document)
            ?? throw new InvalidOperationException($"The resource {Document} is missing from the gateway's assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
