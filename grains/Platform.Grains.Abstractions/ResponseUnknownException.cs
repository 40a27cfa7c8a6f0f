namespace Platform.Grains;

/// <summary>No response of this id is running or kept: it never started, or its log was dropped.</summary>
[GenerateSerializer, Alias("platform.response-unknown")]
public sealed class ResponseUnknownException : Exception
{
    public ResponseUnknownException()
    {
    }

    public ResponseUnknownException(string message)
        : base(message)
    {
    }

    public ResponseUnknownException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
