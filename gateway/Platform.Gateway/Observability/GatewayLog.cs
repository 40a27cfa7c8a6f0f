using Microsoft.Extensions.Logging;

namespace Platform.Gateway.Observability;

/// <summary>Everything the gateway logs. Never a key, a prompt or a reply.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(5001, LogLevel.Error, "Request {RequestId} failed: {Method} {Path}")]
    public static partial void RequestFailed(this ILogger logger, Exception failure, string requestId, string method, string path);

    [LoggerMessage(5002, LogLevel.Warning, "Response {ResponseId} failed while it was streamed, after {Tokens} tokens: {Reason}")]
    public static partial void StreamFailed(this ILogger logger, Exception? failure, string responseId, int tokens, string reason);

    [LoggerMessage(5003, LogLevel.Debug, "Response {ResponseId}: the client left after {Tokens} tokens; cancelled")]
    public static partial void ClientLeft(this ILogger logger, string responseId, int tokens);

    [LoggerMessage(5004, LogLevel.Warning, "Response {ResponseId} could not be cancelled")]
    public static partial void CancelFailed(this ILogger logger, Exception failure, string responseId);

    [LoggerMessage(5005, LogLevel.Warning, "Started open on loopback: whoever can reach {Addresses} may use it without a key")]
    public static partial void StartedOpen(this ILogger logger, string addresses);
}
