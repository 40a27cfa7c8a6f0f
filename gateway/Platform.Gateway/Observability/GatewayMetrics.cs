using Prometheus;

namespace Platform.Gateway.Observability;

/// <summary>
/// What the gateway is the one to know. The names with <c>vllm__</c> are those that existing dashboards read; <see cref="MetricsEndpoint"/>
/// spells them as they do.
/// </summary>
internal static class GatewayMetrics
{
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 640];
    private static readonly double[] TokenCounts = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144];

    public static readonly Counter Requests = Metrics.CreateCounter(
        "platform_http_requests_total", "HTTP requests by route and status.", "route", "status");

    public static readonly Gauge Streams = Metrics.CreateGauge(
        "platform_responses_in_flight", "Responses that clients wait for or read.");

    public static readonly Counter ClientsLeft = Metrics.CreateCounter(
        "platform_responses_cancelled_client_left_total", "Responses cancelled because the client closed its connection.");

    public static readonly Counter StreamFailures = Metrics.CreateCounter(
        "platform_stream_failures_total", "Streams that ended in an error event.");

    public static readonly Histogram TimeToFirstToken = Metrics.CreateHistogram(
        "platform_time_to_first_token_seconds", "From the request's arrival to its first token.", ["model"], Buckets(Seconds));

    public static readonly Histogram ResponseDuration = Metrics.CreateHistogram(
        "platform_response_duration_seconds", "From the request's arrival to its last token.", ["model"], Buckets(Seconds));

    public static readonly Counter PromptTokens = Metrics.CreateCounter(
        "platform_prompt_tokens_total", "Tokens of prompts.", "model");

    public static readonly Counter CachedTokens = Metrics.CreateCounter(
        "platform_cached_prompt_tokens_total", "Tokens of prompts whose state came from a cache.", "model");

    public static readonly Counter OutputTokens = Metrics.CreateCounter(
        "platform_output_tokens_total", "Tokens delivered, reasoning included.", "model");

    public static readonly Counter ReasoningTokens = Metrics.CreateCounter(
        "platform_reasoning_tokens_total", "Tokens delivered as reasoning.", "model");

    public static readonly Counter VllmRequestSuccess = Metrics.CreateCounter(
        "vllm__request_success_total", "Choices that came to their end, by reason.", "model_name", "finished_reason");

    public static readonly Histogram VllmTimeToFirstToken = Metrics.CreateHistogram(
        "vllm__time_to_first_token_seconds", "From the request's arrival to its first token.", ["model_name"], Buckets(Seconds));

    public static readonly Histogram VllmLatency = Metrics.CreateHistogram(
        "vllm__e2e_request_latency_seconds", "From the request's arrival to its last token.", ["model_name"], Buckets(Seconds));

    public static readonly Counter VllmPromptTokens = Metrics.CreateCounter(
        "vllm__prompt_tokens_total", "Tokens of prompts.", "model_name");

    public static readonly Counter VllmGenerationTokens = Metrics.CreateCounter(
        "vllm__generation_tokens_total", "Tokens delivered.", "model_name");

    public static readonly Histogram VllmRequestPromptTokens = Metrics.CreateHistogram(
        "vllm__request_prompt_tokens", "Prompt tokens of a request.", ["model_name"], Buckets(TokenCounts));

    public static readonly Histogram VllmRequestGenerationTokens = Metrics.CreateHistogram(
        "vllm__request_generation_tokens", "Tokens delivered for a request.", ["model_name"], Buckets(TokenCounts));

    private static HistogramConfiguration Buckets(double[] buckets) => new() { Buckets = buckets };
}
