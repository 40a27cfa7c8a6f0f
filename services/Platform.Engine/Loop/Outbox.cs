using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Platform.Engine;

/// <summary>The events of one sequence on their way to its reader: bounded, written by the engine thread, read by one reader.</summary>
/// <remarks>The engine asks <see cref="IsFull"/> before it schedules the sequence, so a write never waits. One place more than the capacity is kept
/// for the event that ends the sequence.</remarks>
internal sealed class Outbox
{
    private readonly Channel<SequenceEvent> _channel;
    private readonly int _capacity;
    private readonly Action _wakeEngine;
    private volatile bool _parked;

    public Outbox(int capacity, Action wakeEngine)
    {
        _capacity = capacity;
        _wakeEngine = wakeEngine;
        _channel = Channel.CreateBounded<SequenceEvent>(new BoundedChannelOptions(capacity + 1)
        {
            SingleWriter = true,
            AllowSynchronousContinuations = false,      // a reader's code must not run on the engine thread
        });
        Reader = new DrainingReader(this);
    }

    /// <summary>The reader's end; it wakes the engine when a parked sequence may go on.</summary>
    public ChannelReader<SequenceEvent> Reader { get; }

    /// <summary>Whether another token would have no place.</summary>
    public bool IsFull => _channel.Reader.Count >= _capacity;

    /// <summary>How many more tokens have a place.</summary>
    public int Room => _capacity - _channel.Reader.Count;

    /// <summary>Whether so much was read that a parked sequence is worth running again.</summary>
    public bool HasDrained => _channel.Reader.Count <= _capacity / 2;

    /// <summary>Told by the engine when it parks the sequence or lets it run again.</summary>
    public void SetParked(bool parked) => _parked = parked;

    public void Write(in SequenceEvent sequenceEvent)
    {
        if (!_channel.Writer.TryWrite(sequenceEvent))
            throw new InvalidOperationException($"The outbox holds {_channel.Reader.Count} of {_capacity} + 1 events and was written to nevertheless.");
    }

    public void Complete() => _channel.Writer.Complete();

    private sealed class DrainingReader(Outbox outbox) : ChannelReader<SequenceEvent>
    {
        private readonly ChannelReader<SequenceEvent> _inner = outbox._channel.Reader;

        public override Task Completion => _inner.Completion;
        public override bool CanCount => true;
        public override bool CanPeek => true;
        public override int Count => _inner.Count;

        public override bool TryPeek([MaybeNullWhen(false)] out SequenceEvent item) => _inner.TryPeek(out item);

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => _inner.WaitToReadAsync(cancellationToken);

        public override bool TryRead([MaybeNullWhen(false)] out SequenceEvent item)
        {
            if (!_inner.TryRead(out item))
                return false;
            if (outbox._parked && outbox.HasDrained)
                outbox._wakeEngine();
            return true;
        }
    }
}
