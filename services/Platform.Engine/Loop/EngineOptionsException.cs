namespace Platform.Engine;

/// <summary>The engine's options do not fit together, the model or this machine's memory; the message names the option and a value that would do.</summary>
public sealed class EngineOptionsException : Exception
{
    public EngineOptionsException(string message) : base(message) { }
    public EngineOptionsException(string message, Exception innerException) : base(message, innerException) { }
}
