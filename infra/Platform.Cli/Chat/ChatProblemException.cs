namespace Platform.Cli.Chat;

/// <summary>Something the person at the terminal can act on; its message says how.</summary>
internal sealed class ChatProblemException : Exception
{
    public ChatProblemException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
