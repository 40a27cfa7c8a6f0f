using System.Diagnostics;
using System.Net.Http.Json;
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

    /// <summary>
    /// Requests of each kind before the first that counts. The runtime compiles a method again after 30 calls and instruments it in between,
    /// so with fewer the unfinished code would be measured.
    /// </summary>
    public const int WarmRequests = 400;

    private readonly int[] _prompt = [.. Enumerable.Range(1, PromptTokens)];
    private readonly byte[] _drain = new byte[16 * 1024];

    public PathCost Direct { get; } = new();

    public PathCost Served { get; } = new();

    /// <summary>Long enough that the code is compiled for good: requests of both paths and lengths, then a pause for the compiler.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmRequests; i++)
        {
            await DirectAsync(ShortTokens, cancellationToken);
            await ServedAsync(ShortTokens, cancellationToken);
            if (i % 50 == 0)
                await Task.Delay(200, cancellationToken);
        }

        for (var i = 0; i < RequestsPerRound; i++)
        {
            await DirectAsync(LongTokens, cancellationToken);
            await ServedAsync(LongTokens, cancellationToken);
        }

        await Task.Delay(500, cancellationToken);
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
