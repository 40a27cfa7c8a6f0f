namespace Platform.Engine;

/// <summary>A request the engine can never serve as it stands: the caller's mistake (HTTP 400). The message says found, rule and cure.</summary>
public sealed class SequenceRejectedException : Exception
{
    public SequenceRejectedException(string message) : base(message) { }
    public SequenceRejectedException(string message, Exception innerException) : base(message, innerException) { }
}
