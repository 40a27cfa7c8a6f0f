using Platform.Engine;

namespace Platform.Decoder;

/// <summary>One sequence's times, from its arrival.</summary>
internal sealed class MeasuredSequence(DecoderMetrics metrics, TimeProvider time)
{
    private readonly long _arrived = time.GetTimestamp();
    private long? _lastToken;

    /// <summary>A token is delivered.</summary>
    public void Token()
    {
        var now = time.GetTimestamp();
        if (_lastToken is { } last)
            metrics.NextToken(time.GetElapsedTime(last, now));
        else
            metrics.FirstToken(time.GetElapsedTime(_arrived, now));
        _lastToken = now;
        metrics.Delivered();
    }

    /// <summary>The sequence ended.</summary>
    public void End(FinishReason reason) => metrics.Ended(time.GetElapsedTime(_arrived), reason);
}
