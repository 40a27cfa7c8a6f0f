namespace Platform.Engine;

/// <summary>The engine holds as many sequences as its options allow (HTTP 429): try again later or elsewhere.</summary>
public sealed class EngineFullException : Exception
{
    public EngineFullException(string message) : base(message) { }
    public EngineFullException(string message, Exception innerException) : base(message, innerException) { }
}
