using Platform.Gateway.Responses;

namespace Platform.Gateway.Observability;

/// <summary>Times one request and counts its tokens for the metrics. Dispose when the client has its answer or is gone.</summary>
internal sealed class ResponseClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _arrived;
    private readonly string _model;
    private bool _sawToken;

    public ResponseClock(string model, long arrived, TimeProvider time)
    {
        _model = model;
        _time = time;
        _arrived = arrived;
        GatewayMetrics.Streams.Inc();
    }

    public void Token()
    {
        if (_sawToken)
            return;
        _sawToken = true;
        var seconds = _time.GetElapsedTime(_arrived).TotalSeconds;
        GatewayMetrics.TimeToFirstToken.WithLabels(_model).Observe(seconds);
        GatewayMetrics.VllmTimeToFirstToken.WithLabels(_model).Observe(seconds);
    }

    public void ChoiceFinished(string reason) => GatewayMetrics.VllmRequestSuccess.WithLabels(_model, reason).Inc();

    public void Finished(TokenUsage usage)
    {
        var seconds = _time.GetElapsedTime(_arrived).TotalSeconds;
        GatewayMetrics.ResponseDuration.WithLabels(_model).Observe(seconds);
        GatewayMetrics.VllmLatency.WithLabels(_model).Observe(seconds);
        GatewayMetrics.PromptTokens.WithLabels(_model).Inc(usage.Prompt);
        GatewayMetrics.CachedTokens.WithLabels(_model).Inc(usage.Cached);
        GatewayMetrics.OutputTokens.WithLabels(_model).Inc(usage.Completion);
        GatewayMetrics.ReasoningTokens.WithLabels(_model).Inc(usage.Reasoning);
        GatewayMetrics.VllmPromptTokens.WithLabels(_model).Inc(usage.Prompt);
        GatewayMetrics.VllmGenerationTokens.WithLabels(_model).Inc(usage.Completion);
        GatewayMetrics.VllmRequestPromptTokens.WithLabels(_model).Observe(usage.Prompt);
        GatewayMetrics.VllmRequestGenerationTokens.WithLabels(_model).Observe(usage.Completion);
    }

    public void Dispose() => GatewayMetrics.Streams.Dec();
}
