using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime;
using System.Text.Json.Nodes;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>
/// What gateway, grain and gRPC add: the same prompt and the same numbers of tokens, once from the engine directly and once over HTTP from
/// the same engine, in turns. Answers of two lengths tell what a token costs from what a request costs.
/// </summary>
internal sealed class ServingOverhead(InferenceEngine engine, HttpClient http, string model)
{
    public const int PromptTokens = 32;
    public const int ShortTokens = 8;
    public const int LongTokens = 128;
    public const int RequestsPerRound = 20;

    // The runtime compiles what is called often a second and a third time, in the background: that is start-up, not serving.
    private const int WarmRequests = 50;
    private const int MostWarmRequests = 3000;
    private const int SettledMethods = 10;
    private static readonly TimeSpan CompilerPause = TimeSpan.FromMilliseconds(300);

    private readonly int[] _prompt = [.. Enumerable.Range(1, PromptTokens)];
    private readonly byte[] _drain = new byte[16 * 1024];

    public PathCost Direct { get; } = new();

    public PathCost Served { get; } = new();

    /// <summary>Requests of each path that warmed up.</summary>
    public int Warmed { get; private set; }

    /// <summary>Runs both paths until the runtime hardly compiles anything any more.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        long compiled;
        do
        {
            compiled = JitInfo.GetCompiledMethodCount();
            for (var i = 0; i < WarmRequests; i++)
            {
                var tokens = i % 10 == 0 ? LongTokens : ShortTokens;
                await DirectAsync(tokens, cancellationToken);
                await ServedAsync(tokens, cancellationToken);
            }

            Warmed += WarmRequests;
            await Task.Delay(CompilerPause, cancellationToken);
        }
        while (JitInfo.GetCompiledMethodCount() - compiled > SettledMethods && Warmed < MostWarmRequests);
    }

    /// <summary>One round of both paths and both lengths.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        await MeasureAsync(tokens => DirectAsync(tokens, cancellationToken), Direct);
        await MeasureAsync(tokens => ServedAsync(tokens, cancellationToken), Served);
    }

    private static async Task MeasureAsync(Func<int, Task<double>> request, PathCost cost)
    {
        var ofShort = await MeasureAsync(request, ShortTokens, cost);
        var ofLong = await MeasureAsync(request, LongTokens, cost);
        cost.AddCpu(ofShort, ShortTokens, ofLong, LongTokens);
    }

    private static async Task<double> MeasureAsync(Func<int, Task<double>> request, int tokens, PathCost cost)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < RequestsPerRound; i++)
            cost.FirstToken.Add(await request(tokens));
        return (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / RequestsPerRound;
    }

    private async Task<double> DirectAsync(int tokens, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var first = 0.0;
        var handle = engine.Submit(new SequenceRequest
        {
            PromptTokens = _prompt,
            Sampling = SamplingParameters.Greedy,
            MaxTokens = tokens,
            IgnoreEos = true,
        });
        await foreach (var _ in handle.Events.ReadAllAsync(cancellationToken))
            first = first == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : first;
        return first;
    }

    // Bytes are read and not understood, so that the client, which shares the process, costs little. The server sends the headers before
    // the first event, so the first bytes of the body are the first token.
    private async Task<double> ServedAsync(int tokens, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(Body(tokens)) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var read = await stream.ReadAsync(_drain, cancellationToken);
        if (read == 0 || !_drain.AsSpan(0, read).StartsWith("data: {"u8))
            throw new InvalidOperationException("The stream did not begin with an event.");
        var first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        while (await stream.ReadAsync(_drain, cancellationToken) > 0)
        {
        }

        return first;
    }

    private JsonObject Body(int tokens) => new()
    {
        ["model"] = model,
        ["prompt"] = new JsonArray([.. _prompt.Select(id => (JsonNode)id)]),
        ["max_tokens"] = tokens,
        ["temperature"] = 0,
        ["ignore_eos"] = true,
        ["stream"] = true,
        ["presence_penalty"] = 0,
        ["repetition_penalty"] = 1,
    };
}
