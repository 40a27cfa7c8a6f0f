using System.Globalization;

namespace Platform.Gateway.Errors;

/// <summary>An error as the caller sees it: a status and OpenAI's four fields.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">OpenAI's error type, for example <c>invalid_request_error</c>.</param>
/// <param name="Code">A stable word for programs, or null.</param>
/// <param name="Message">What was found, the rule, the cure.</param>
/// <param name="Parameter">The request field at fault, or null.</param>
/// <param name="RetryAfter">When the same request may work, or null.</param>
internal sealed record ApiError(int Status, string Type, string? Code, string Message, string? Parameter = null, TimeSpan? RetryAfter = null)
{
    public const string InvalidRequest = "invalid_request_error";
    public const string Server = "server_error";

    public static ApiError Invalid(string message, string? parameter = null, string? code = null) =>
        new(400, InvalidRequest, code, message, parameter);

    public static ApiError Unauthorized(string message) => new(401, InvalidRequest, "invalid_api_key", message);

    public static ApiError Unavailable(string message, TimeSpan? retryAfter = null) =>
        new(503, Server, "unavailable", message, null, retryAfter ?? TimeSpan.FromSeconds(1));

    public static ApiError UpstreamFailed(string message) => new(502, Server, "upstream_failed", message);

    /// <summary>Our own mistake; the cause stands in the log under the request id.</summary>
    public static ApiError Internal(string requestId) => new(
        500,
        Server,
        "internal_error",
        $"The server failed on this request; the cause is in its log under {requestId}. Retry, and give this id if it fails again.");

    /// <summary>The error that goes with a bare status which no endpoint explained.</summary>
    public static ApiError ForStatus(int status, string method, string path) => status switch
    {
        404 => new(404, InvalidRequest, "unknown_url", $"There is nothing at {method} {path}. The API is described at /docs."),
        405 => new(405, InvalidRequest, "method_not_allowed", $"{path} does not take {method}; the Allow header lists what it takes."),
        413 => new(413, InvalidRequest, "request_too_large", "The request's body is larger than this server takes. Send a smaller one."),
        415 => new(415, InvalidRequest, "unsupported_media_type", "The body must be JSON. Send the header Content-Type: application/json."),
        >= 500 => new(status, Server, "unavailable", $"The server answered {status.ToString(CultureInfo.InvariantCulture)}. Retry shortly."),
        _ => new(status, InvalidRequest, null, $"{method} {path} answered {status.ToString(CultureInfo.InvariantCulture)}."),
    };
}
