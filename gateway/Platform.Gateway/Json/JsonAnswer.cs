using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Platform.Gateway.Json;

/// <summary>A whole answer as JSON, written straight into the response's pipe.</summary>
internal static class JsonAnswer
{
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = JsonOutput.ContentType;
        using (var writer = JsonOutput.Writer(context.Response.BodyWriter))
            write(writer);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
