namespace Platform.Engine;

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>A stop id was generated or the stop rule said so.</summary>
    Stop,

    /// <summary>The token limit or the end of the context was reached.</summary>
    Length,

    /// <summary>Cancelled through its handle, moved away by an export, or the engine was disposed.</summary>
    Cancelled,

    /// <summary>Something failed for this sequence; <see cref="SequenceEvent.Error"/> says what.</summary>
    Error,
}
