using Microsoft.AspNetCore.Http;

namespace Platform.Gateway.Observability;

/// <summary>Each request has an id: the caller's <c>x-request-id</c> when it is a plain word, else one of ours. The answer carries it.</summary>
internal sealed class RequestIdentity(RequestDelegate next)
{
    public const string Header = "x-request-id";

    private const int MaxLength = 128;
    private static readonly object Key = new();

    public Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        context.Items[Key] = IsPlain(given) ? given : $"req_{Guid.NewGuid():N}";
        Echo(context);
        return next(context);
    }

    public static string Of(HttpContext context) => context.Items[Key] as string ?? "unknown";

    public static void Echo(HttpContext context) => context.Response.Headers[Header] = Of(context);

    private static bool IsPlain(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
