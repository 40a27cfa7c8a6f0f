namespace Platform.Text;

/// <summary>A tokenizer's files cannot be used. The message names the file, what was found, what was needed and what to do.</summary>
public sealed class TokenizerException : Exception
{
    public TokenizerException(string message)
        : base(message)
    {
    }

    public TokenizerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
