using Platform.Engine;
using Prometheus;

namespace Platform.Decoder;

/// <summary>
/// The decoder's numbers under <c>/metrics</c>: our own names with their units, and beside them the widely used <c>vllm:</c> names, so that
/// existing dashboards and autoscalers work unchanged. Those of whole requests are the gateway's, so that no sum counts them twice.
/// The metrics library takes no colon in a name: <c>vllm__</c> is written as <c>vllm:</c> where the metrics are served.
/// </summary>
internal sealed class DecoderMetrics
{
    private static readonly double[] FirstTokenBuckets =
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160];

    private static readonly double[] TokenBuckets =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10];

    private static readonly double[] RequestBuckets = [0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960];

    private readonly MetricFactory _metrics;
    private readonly IHistogram[] _firstToken;
    private readonly IHistogram[] _betweenTokens;
    private readonly IHistogram[] _request;
    private readonly Counter.Child _promptTokens;
    private readonly Counter.Child _generatedTokens;
    private readonly Counter _finished;
    private readonly TimeProvider _time;
    private readonly string _model;

    public DecoderMetrics(DecoderOptions options, ServedDecoder decoder, CollectorRegistry registry, TimeProvider time)
    {
        _time = time;
        _model = options.ModelName;
        _metrics = Metrics.WithCustomRegistry(registry);
        _firstToken = Histograms(
            "From the arrival of a sequence to its first token, in seconds", FirstTokenBuckets,
            "platform_decoder_time_to_first_token_seconds");
        _betweenTokens = Histograms(
            "Between two tokens of a sequence, in seconds", TokenBuckets,
            "platform_decoder_inter_token_seconds", "vllm__inter_token_latency_seconds", "vllm__time_per_output_token_seconds");
        _request = Histograms(
            "From the arrival of a sequence to its end, in seconds", RequestBuckets,
            "platform_decoder_sequence_seconds");
        _promptTokens = Tokens("platform_decoder_prompt_tokens_total", "Prompt tokens of arrived sequences");
        _generatedTokens = Tokens("platform_decoder_generated_tokens_total", "Tokens delivered");
        _finished = _metrics.CreateCounter("platform_decoder_sequences_ended_total", "Sequences that ended, by reason", "model_name", "reason");
        new EngineMetrics(_metrics, _model).CollectFrom(decoder.Engine, registry);
    }

    /// <summary>A sequence arrived.</summary>
    public MeasuredSequence Begin(int promptTokens)
    {
        _promptTokens.Inc(promptTokens);
        return new MeasuredSequence(this, _time);
    }

    internal void FirstToken(TimeSpan since) => Observe(_firstToken, since);

    internal void NextToken(TimeSpan since) => Observe(_betweenTokens, since);

    internal void Delivered() => _generatedTokens.Inc();

    internal void Ended(TimeSpan since, FinishReason reason)
    {
        Observe(_request, since);
        _finished.WithLabels(_model, NameOf(reason)).Inc();
    }

    private static string NameOf(FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        FinishReason.Cancelled => "cancelled",
        _ => "error",
    };

    private static void Observe(IHistogram[] histograms, TimeSpan value)
    {
        foreach (var histogram in histograms)
            histogram.Observe(value.TotalSeconds);
    }

    private IHistogram[] Histograms(string help, double[] buckets, params string[] names) =>
        [.. names.Select(name => _metrics
            .CreateHistogram(name, help, ["model_name"], new HistogramConfiguration { Buckets = buckets })
            .WithLabels(_model))];

    private Counter.Child Tokens(string name, string help) => _metrics.CreateCounter(name, help, "model_name").WithLabels(_model);
}
