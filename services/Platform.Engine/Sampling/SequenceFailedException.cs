namespace Platform.Engine;

/// <summary>Something that ends one sequence with an error while the others live on. Its message reaches the sequence's reader.</summary>
internal sealed class SequenceFailedException : Exception
{
    public SequenceFailedException(string message) : base(message) { }
    public SequenceFailedException(string message, Exception innerException) : base(message, innerException) { }
}
