namespace Platform.Text.Output;

/// <summary>
/// Parses a model's reply while it streams: reasoning, content and tool calls. However the text is cut into chunks, the deltas
/// concatenate to the same reply. One per choice, not thread-safe. Holds back only what may still become a tag or a stop string, and
/// values whose type needs their end.
/// </summary>
public sealed class OutputParser
{
    private readonly DeltaSink _sink = new();
    private readonly OutputMachine _machine;
    private char? _highSurrogate;
    private bool _cancelled;
    private string? _finishReason;

    /// <summary>Begins a reply.</summary>
    public OutputParser(OutputParserOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _machine = new OutputMachine(options, _sink);
    }

    /// <summary>Whether content was cut before a stop string: generation may end, later text is ignored.</summary>
    public bool StopStringSeen => _machine.StopStringSeen;

    /// <summary>Where the parser stands; text that is held back has not moved it yet.</summary>
    public OutputState State => _cancelled || StopStringSeen ? OutputState.Ended : _machine.State;

    /// <summary><c>stop</c>, <c>length</c> or <c>tool_calls</c>; known after <see cref="Finish"/>.</summary>
    /// <exception cref="InvalidOperationException">The reply is not finished.</exception>
    public string FinishReason => _finishReason ?? throw new InvalidOperationException("The reply is not finished: call Finish first.");

    /// <summary>See <see cref="OutputMachine.Reads"/>.</summary>
    internal long Reads => _machine.Reads;

    /// <summary>Takes more text, cut anywhere.</summary>
    /// <returns>What became certain; empty after a stop string or a cancel.</returns>
    /// <exception cref="InvalidOperationException">The reply is finished.</exception>
    public IReadOnlyList<OutputDelta> Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_finishReason is not null)
            throw new InvalidOperationException("The reply is finished; a new one needs a new parser.");
        if (_cancelled)
            return [];
        foreach (char c in text)
            Take(c);
        return _sink.Drain();
    }

    /// <summary>The reply ends. Calling it again returns nothing.</summary>
    /// <param name="reachedLength">Whether the engine stopped at the length limit.</param>
    /// <returns>What was held back, and what closes an open call validly.</returns>
    public IReadOnlyList<OutputDelta> Finish(bool reachedLength)
    {
        if (_cancelled || _finishReason is not null)
            return [];
        SendUnpaired();
        bool stopped = StopStringSeen;
        _machine.Finish();
        _finishReason = Reason(reachedLength && !stopped);
        return _sink.Drain();
    }

    /// <summary>The client left: nothing more is sent.</summary>
    public void Cancel()
    {
        _cancelled = true;
        _sink.Drain();
    }

    private string Reason(bool reachedLength)
    {
        if (reachedLength || _machine.Unfinished)
            return "length";
        return _machine.AnyCall ? "tool_calls" : "stop";
    }

    /// <summary>Feeds whole code points only, so that no delta ends inside one; a lone surrogate becomes U+FFFD.</summary>
    private void Take(char c)
    {
        if (_highSurrogate is { } high && char.IsLowSurrogate(c))
        {
            _highSurrogate = null;
            _machine.Feed(high);
            _machine.Feed(c);
            return;
        }

        SendUnpaired();
        if (char.IsHighSurrogate(c))
            _highSurrogate = c;
        else
            _machine.Feed(char.IsLowSurrogate(c) ? '\uFFFD' : c);
    }

    private void SendUnpaired()
    {
        if (_highSurrogate is null)
            return;
        _highSurrogate = null;
        _machine.Feed('\uFFFD');
    }
}
