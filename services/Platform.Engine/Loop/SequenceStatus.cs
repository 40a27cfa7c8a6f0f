namespace Platform.Engine;

/// <summary>Where a sequence stands.</summary>
internal enum SequenceStatus
{
    /// <summary>Queued: holds no pages and no slot, was never run or was preempted.</summary>
    Waiting,

    /// <summary>Holds pages and a slot, is scheduled.</summary>
    Running,

    /// <summary>Its outbox is full. It keeps its pages and slot until another sequence needs them.</summary>
    Parked,

    /// <summary>Its last event is written; it holds nothing.</summary>
    Finished,
}
