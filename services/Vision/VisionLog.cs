using Microsoft.Extensions.Logging;

namespace Platform.Vision;

/// <summary>What the vision service says about its work. Pictures are people's own and never described.</summary>
internal static partial class VisionLog
{
    [LoggerMessage(6001, LogLevel.Debug, "Embedded a medium of {Tokens} tokens in {Milliseconds:0.0} ms")]
    public static partial void Embedded(this ILogger logger, int tokens, double milliseconds);

    [LoggerMessage(6002, LogLevel.Debug, "Refused a medium: {Reason}")]
    public static partial void Refused(this ILogger logger, string reason);
}
