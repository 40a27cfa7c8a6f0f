using Microsoft.Extensions.Logging;

namespace Platform.Decoder;

/// <summary>What the decoder logs: decisions with their numbers, never prompts or replies.</summary>
internal static partial class DecoderLog
{
    [LoggerMessage(4001, LogLevel.Information,
        "Decoder {AppId} serves {Model} under {NumericsId}: context {MaxContext}, {Slots} slots, {Pages} pages")]
    public static partial void Serving(
        this ILogger logger, string appId, string model, string numericsId, int maxContext, long slots, long pages);

    [LoggerMessage(4002, LogLevel.Debug, "Choice {Choice} of response {ResponseId}: the caller left, its sequence is cancelled")]
    public static partial void CallerLeft(this ILogger logger, string responseId, int choice);

    [LoggerMessage(4003, LogLevel.Warning, "The directory did not take a heartbeat: {Status}; trying again in {Milliseconds} ms")]
    public static partial void HeartbeatFailed(this ILogger logger, string status, int milliseconds);

    [LoggerMessage(4004, LogLevel.Information, "Decoder {AppId} left the directory")]
    public static partial void Left(this ILogger logger, string appId);

    [LoggerMessage(4005, LogLevel.Error,
        "An answer computed once more under {NumericsId} differs from token {Index} of {AnswerTokens} on; prompt {PromptTokens} tokens, {CachedTokens} of them " +
        "cached, {AcceptedDrafts} of {JudgedDrafts} drafts accepted. Until the next start: drafting off {DraftingOff}, prefix cache off {CacheOff}")]
    public static partial void ShadowDiffered(
        this ILogger logger,
        string numericsId,
        int index,
        int answerTokens,
        int promptTokens,
        int cachedTokens,
        int acceptedDrafts,
        int judgedDrafts,
        bool draftingOff,
        bool cacheOff);
}
