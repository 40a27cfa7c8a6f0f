namespace Platform.Engine;

/// <summary>Exported state that cannot be used: damaged, cut short, or of another numerics id. The cure is to compute the sequence again.</summary>
public sealed class SnapshotException : Exception
{
    public SnapshotException(string message) : base(message) { }
    public SnapshotException(string message, Exception innerException) : base(message, innerException) { }
}
