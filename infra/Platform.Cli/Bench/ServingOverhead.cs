using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>
/// What gateway, grain and gRPC add: the same prompt and the same number of tokens, once from the engine directly and once over HTTP from
/// the same engine, in turns.
/// </summary>
internal sealed class ServingOverhead(InferenceEngine engine, HttpClient http, string model, int[] prompt)
{
    public Samples DirectFirstToken { get; } = new();

    public Samples ServedFirstToken { get; } = new();

    public Samples DirectCpuPerToken { get; } = new();

    public Samples ServedCpuPerToken { get; } = new();

    /// <summary>One round of both, <paramref name="requests"/> requests each of <paramref name="tokens"/> tokens.</summary>
    public async Task RoundAsync(int requests, int tokens, CancellationToken cancellationToken)
    {
        await MeasureAsync(() => DirectAsync(tokens, cancellationToken), DirectFirstToken, DirectCpuPerToken, requests, tokens);
        await MeasureAsync(() => ServedAsync(tokens, cancellationToken), ServedFirstToken, ServedCpuPerToken, requests, tokens);
    }

    private static async Task MeasureAsync(Func<Task<double>> request, Samples firstToken, Samples cpuPerToken, int requests, int tokens)
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < requests; i++)
            firstToken.Add(await request());
        cpuPerToken.Add((Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / (requests * tokens));
    }

    private async Task<double> DirectAsync(int tokens, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var first = 0.0;
        var handle = engine.Submit(new SequenceRequest
        {
            PromptTokens = prompt,
            Sampling = SamplingParameters.Greedy,
            MaxTokens = tokens,
            IgnoreEos = true,
        });
        await foreach (var _ in handle.Events.ReadAllAsync(cancellationToken))
            first = first == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : first;
        return first;
    }

    private async Task<double> ServedAsync(int tokens, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var first = 0.0;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(Body(tokens)) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            first = first == 0 && item.Data.Length > 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : first;
        return first;
    }

    private JsonObject Body(int tokens) => new()
    {
        ["model"] = model,
        ["prompt"] = new JsonArray([.. prompt.Select(id => (JsonNode)id)]),
        ["max_tokens"] = tokens,
        ["temperature"] = 0,
        ["ignore_eos"] = true,
        ["stream"] = true,
        ["presence_penalty"] = 0,
        ["repetition_penalty"] = 1,
    };
}
