using Microsoft.Extensions.Logging;

namespace Platform.Grains;

/// <summary>What grains log: decisions with their numbers, never prompts or replies.</summary>
internal static partial class GrainsLog
{
    [LoggerMessage(3001, LogLevel.Information,
        "Response {ResponseId} started: {PromptTokens} prompt tokens, {Choices} choices of at most {MaxTokens} tokens")]
    public static partial void ResponseStarted(this ILogger logger, string responseId, int promptTokens, int choices, int maxTokens);

    [LoggerMessage(3002, LogLevel.Information, "Response {ResponseId} refused: {Status} {Code}")]
    public static partial void ResponseRefused(this ILogger logger, string responseId, int status, string code);

    [LoggerMessage(3003, LogLevel.Information, "Response {ResponseId} ended after {Events} events, {LogBytes} bytes of log")]
    public static partial void ResponseEnded(this ILogger logger, string responseId, long events, long logBytes);

    [LoggerMessage(3004, LogLevel.Warning, "Choice {Choice} of response {ResponseId} failed: {Reason}")]
    public static partial void ChoiceFailed(this ILogger logger, string responseId, int choice, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Response {ResponseId} given up: nobody read it for {Seconds} s")]
    public static partial void ResponseOrphaned(this ILogger logger, string responseId, int seconds);

    [LoggerMessage(3006, LogLevel.Information, "Decoder {AppId} did not take a response: {Reason}")]
    public static partial void DecoderRefused(this ILogger logger, string appId, string reason);

    [LoggerMessage(3007, LogLevel.Debug, "Response {ResponseId} cancelled")]
    public static partial void ResponseCancelled(this ILogger logger, string responseId);
}
