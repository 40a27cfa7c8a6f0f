namespace Platform.Engine;

/// <summary>What other threads ask of the engine thread.</summary>
internal abstract record EngineCommand
{
    /// <summary>Take this sequence.</summary>
    public sealed record Add(Sequence Sequence) : EngineCommand;

    /// <summary>Copy this sequence's state out, and end it if it moves away.</summary>
    public sealed record Export(Sequence Sequence, bool Detach, TaskCompletionSource<SequenceSnapshot> Result) : EngineCommand;
}
