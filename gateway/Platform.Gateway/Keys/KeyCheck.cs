using System.Net;
using Microsoft.AspNetCore.Http;
using Platform.Gateway.Errors;

namespace Platform.Gateway.Keys;

/// <summary>Lets a request in when its key is known, or when the server is open and the request is local.</summary>
internal sealed class KeyCheck(KeyRing keys) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    private static readonly object Key = new();

    public static Caller Of(HttpContext context) =>
        context.Items[Key] as Caller ?? throw new InvalidOperationException("An endpoint asked for the caller without the key check.");

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Items[Key] = Identify(context.HttpContext);
        return next(context);
    }

    private Caller Identify(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && keys.Find(header[Scheme.Length..].Trim()) is { } caller)
            return caller;
        if (keys.IsOpen)
            return Local(context);
        throw Refused(header);
    }

    private static Caller Local(HttpContext context)
    {
        if (!IsLoopback(context.Connection.RemoteIpAddress) || !IsLoopback(context.Connection.LocalIpAddress))
            throw new ApiException(ApiError.Unauthorized("This server is open on loopback only; from elsewhere a key is needed."));

        // A page in a browser can reach loopback under a name of its own (DNS rebinding); such a name is not ours.
        var host = context.Request.Host.Host;
        if (host.Length > 0 && !IsLocalName(host))
        {
            throw new ApiException(new ApiError(
                403,
                ApiError.InvalidRequest,
                "unknown_host",
                $"This server is open on loopback, so it answers as localhost, 127.0.0.1 or [::1], not as '{host}'. Use one of these, or keys."));
        }

        return KeyRing.Anyone;
    }

    private static bool IsLoopback(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static ApiException Refused(string header)
    {
        var found = header.Length == 0 ? "No API key was sent."
            : header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? "The API key that was sent is not one of this server's."
            : "The Authorization header is no bearer key.";
        return new ApiException(ApiError.Unauthorized($"{found} Send the header Authorization: Bearer YOUR_KEY."));
    }
}
