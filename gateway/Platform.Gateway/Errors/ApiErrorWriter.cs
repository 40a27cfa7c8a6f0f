using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Platform.Gateway.Json;

namespace Platform.Gateway.Errors;

/// <summary>Writes an error in OpenAI's shape, as an answer or into a stream.</summary>
internal static class ApiErrorWriter
{
    public static async Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = JsonOutput.ContentType;
        if (error.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        using (var writer = JsonOutput.Writer(response.BodyWriter))
            WriteObject(writer, error);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes <c>{"error": {...}}</c> with all four fields.</summary>
    public static void WriteObject(Utf8JsonWriter writer, ApiError error)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("message", error.Message);
        writer.WriteString("type", error.Type);
        writer.WriteString("param", error.Parameter);
        writer.WriteString("code", error.Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
