namespace Platform.Engine;

/// <summary>The engine no longer takes sequences: it was disposed, or too many steps failed one after the other (HTTP 503).</summary>
public sealed class EngineStoppedException : Exception
{
    public EngineStoppedException(string message) : base(message) { }
    public EngineStoppedException(string message, Exception innerException) : base(message, innerException) { }
}
