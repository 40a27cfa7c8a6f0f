namespace Platform.Grains;

/// <summary>
/// The numbered events of one response, in memory: 1, 2, 3 ... without gaps. Belongs to one grain and is used on its scheduler only, so
/// nothing here locks. Readers each have a position of their own and never hold up the writer.
/// </summary>
/// <param name="maxBytes">Bytes of all events together, estimated.</param>
internal sealed class ResponseLog(long maxBytes)
{
    private readonly List<ResponseEvent> _events = [];
    private TaskCompletionSource? _changed;

    /// <summary>The number of the last event; 0 when there is none.</summary>
    public long LastNumber => _events.Count;

    /// <summary>The estimated size of all events.</summary>
    public long Bytes { get; private set; }

    /// <summary>No event follows the last one.</summary>
    public bool Complete { get; private set; }

    /// <summary>Whether an event with these tokens still fits.</summary>
    public bool HasRoomFor(IReadOnlyList<ResponseToken> tokens) => Bytes + SizeOf(tokens) <= maxBytes;

    /// <summary>Appends the event that <paramref name="create"/> makes for the next number.</summary>
    public void Append(Func<long, ResponseEvent> create)
    {
        if (Complete)
            throw new InvalidOperationException("The response has ended; nothing can follow its last event.");
        var next = create(LastNumber + 1);
        _events.Add(next);
        Bytes += next is TokensEvent { Tokens: var tokens } ? SizeOf(tokens) : EventBytes;
        Signal();
    }

    /// <summary>Closes the log: readers end after its last event.</summary>
    public void MarkComplete()
    {
        Complete = true;
        Signal();
    }

    /// <summary>The events after <paramref name="startingAfter"/>, waiting for those to come, up to the last one.</summary>
    public async IAsyncEnumerable<ResponseEvent> ReadAsync(
        long startingAfter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startingAfter);
        for (var position = startingAfter; ;)
        {
            while (position < LastNumber)
                yield return _events[(int)position++];
            if (Complete)
                yield break;
            await ChangedAsync(cancellationToken);
        }
    }

    private Task ChangedAsync(CancellationToken cancellationToken)
    {
        _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _changed.Task.WaitAsync(cancellationToken);
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = null;
        changed?.TrySetResult();
    }

    // What an event, a token and an alternative take on the heap, rounded up; only the order of magnitude matters for a bound.
    private const int EventBytes = 96;
    private const int TokenBytes = 96;
    private const int AlternativeBytes = 72;

    private static long SizeOf(IReadOnlyList<ResponseToken> tokens)
    {
        long bytes = EventBytes;
        foreach (var token in tokens)
        {
            bytes += TokenBytes + token.Bytes.Length;
            foreach (var alternative in token.Top)
                bytes += AlternativeBytes + alternative.Bytes.Length;
        }
        return bytes;
    }
}
