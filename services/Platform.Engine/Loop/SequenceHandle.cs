using System.Threading.Channels;

namespace Platform.Engine;

/// <summary>The caller's end of a running sequence. Safe for use from any thread; <see cref="Events"/> has one reader.</summary>
public sealed class SequenceHandle
{
    private readonly Action<Sequence> _cancel;

    internal SequenceHandle(Sequence sequence, Action<Sequence> cancel)
    {
        Sequence = sequence;
        _cancel = cancel;
    }

    internal Sequence Sequence { get; }

    /// <summary>The sequence's events, completed after the one with a <see cref="SequenceEvent.Finish"/>. Bounded by
    /// <see cref="EngineOptions.OutboxCapacity"/>: while it is full the sequence is parked, the engine never waits. A reader that leaves must call
    /// <see cref="Cancel"/>, else the sequence stays parked.</summary>
    public ChannelReader<SequenceEvent> Events => Sequence.Outbox.Reader;

    /// <summary>Ends the sequence within a step with <see cref="FinishReason.Cancelled"/>; its pages and slot go back then. May be repeated.</summary>
    public void Cancel() => _cancel(Sequence);
}
