namespace Platform.Text.Chat;

/// <summary>A conversation cannot be rendered; the message is meant for the client, who gets a 400.</summary>
/// <param name="message">What was found, and the rule.</param>
/// <param name="messageIndex">Index of the offending message in the request, or null where no single one is at fault.</param>
public sealed class ChatRenderException(string message, int? messageIndex = null) : Exception(message)
{
    /// <summary>Index of the offending message in the request, or null.</summary>
    public int? MessageIndex { get; } = messageIndex;
}
