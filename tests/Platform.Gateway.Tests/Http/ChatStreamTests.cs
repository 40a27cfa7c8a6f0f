using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Platform.Gateway.Tests.Doubles;
using Platform.Grains;

namespace Platform.Gateway.Tests.Http;

public sealed class ChatStreamTests
{
    // A stream that does not end would otherwise hang the run.
    private const int Patience = 60_000;
    private const string Chat = "/v1/chat/completions";
    private const string Body = """{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":true}""";

    [Fact]
    public async Task Begins_with_the_role_ends_with_the_reason_the_usage_and_done()
    {
        await using var host = await GatewayHost.StartAsync();
        var data = await host.StreamAsync(Chat, Body.Replace("\"stream\"", "\"stream_options\":{\"include_usage\":true},\"stream\"", StringComparison.Ordinal));
        Assert.Equal("[DONE]", data[^1]);
        var chunks = data.SkipLast(1).Select(Parse).ToList();
        Assert.All(chunks, chunk => Assert.Equal(chunks[0].GetProperty("id").GetString(), chunk.GetProperty("id").GetString()));
        Assert.Equal("assistant", Delta(chunks[0]).GetProperty("role").GetString());
        Assert.Equal("Hello", string.Concat(chunks.SkipLast(1).Select(Content)));
        Assert.Equal("stop", Choice(chunks[^2]).GetProperty("finish_reason").GetString());
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(12, chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Empty(host.Responses.Cancelled);
    }

    [Fact]
    public async Task Choices_interleave_and_each_adds_up()
    {
        await using var host = await GatewayHost.StartAsync();
        var data = await host.StreamAsync(Chat, Body.Replace("\"stream\"", "\"n\":3,\"stream\"", StringComparison.Ordinal));
        var chunks = data.SkipLast(1).Select(Parse).ToList();
        var indices = chunks.Select(chunk => Choice(chunk).GetProperty("index").GetInt32()).ToList();
        Assert.NotEqual(indices.Order(), indices);
        foreach (var index in Enumerable.Range(0, 3))
            Assert.Equal("Hello", string.Concat(chunks.Where(chunk => Choice(chunk).GetProperty("index").GetInt32() == index).Select(Content)));
    }

    [Fact]
    public async Task Log_probabilities_of_all_chunks_are_those_of_all_tokens_even_of_such_as_show_no_text()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Responses.Start = _ => new ResponseAccepted(7, "numerics-1", ReasoningMode.Thinking, OpensReasoning: true, 100);
        host.Responses.Events = (_, _) => Script.Play(
            Script.Tokens(0, "a", "b"), Script.Tokens(0, "\n"), Script.Tokens(0, "</think>"), Script.Tokens(0, "c", "<tool"), Script.Finish(0));
        var data = await host.StreamAsync(Chat, Body.Replace("\"stream\"", "\"logprobs\":true,\"stream\"", StringComparison.Ordinal));
        var told = data.SkipLast(1).Select(Parse).Select(chunk => Choice(chunk).GetProperty("logprobs"))
            .Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
            .SelectMany(logprobs => logprobs.GetProperty("content").EnumerateArray().Select(token => token.GetProperty("token").GetString()));
        Assert.Equal(["a", "b", "\n", "</think>", "c", "<tool"], told);
    }

    [Fact(Timeout = Patience)]
    public async Task Pings_while_nothing_comes_also_before_the_first_token()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            GatewayHost.WithKey(options);
            options.PingInterval = TimeSpan.FromMilliseconds(20);
        });
        var release = new TaskCompletionSource();
        host.Responses.Events = (_, cancellationToken) => After(release.Task, cancellationToken);
        using var response = await SendAsync(host);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != ": ping")
            Assert.True(line.Length == 0 || line.StartsWith("data: ", StringComparison.Ordinal), line);
        release.SetResult();
        Assert.EndsWith("data: [DONE]", (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task A_failure_on_the_way_is_an_error_event_and_no_done()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, "a"), Script.Fail(0, "The decoder is gone.", retryable: true));
        using var response = await host.PostAsync(Chat, Body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Contains("event: error\n", text, StringComparison.Ordinal);
        var error = Parse(GatewayHost.Data(text)[^1]).GetProperty("error");
        Assert.Equal("response_failed", error.GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
    }

    [Fact(Timeout = Patience)]
    public async Task A_log_that_breaks_is_an_error_event_that_tells_no_secret()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Responses.Events = (_, _) => Break();
        using var response = await host.PostAsync(Chat, Body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("event: error\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Single(host.Responses.Cancelled);
    }

    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_cancels_its_response_at_once(bool stream)
    {
        await using var host = await GatewayHost.StartAsync();
        var read = new TaskCompletionSource();
        host.Responses.Events = (_, cancellationToken) => Forever(read, cancellationToken);
        using (var socket = await RawPostAsync(host, stream ? Body : Body.Replace("true", "false", StringComparison.Ordinal)))
            await read.Task.WaitAsync(TestContext.Current.CancellationToken);
        while (host.Responses.Cancelled.IsEmpty)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Single(host.Responses.Cancelled);
    }

    [Fact(Timeout = Patience)]
    public async Task A_client_that_never_reads_is_dropped_and_its_response_cancelled()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            GatewayHost.WithKey(options);
            options.DataRateGrace = TimeSpan.FromSeconds(1.2);
            options.MinBytesPerSecond = 1 << 20;
        });
        host.Responses.Events = (_, cancellationToken) => Flood(cancellationToken);
        using var socket = await RawPostAsync(host, Body);
        while (host.Responses.Cancelled.IsEmpty)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Single(host.Responses.Cancelled);
    }

    [Fact(Timeout = Patience)]
    public async Task A_client_that_sends_its_body_too_slowly_is_given_up()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            GatewayHost.WithKey(options);
            options.DataRateGrace = TimeSpan.FromSeconds(1.2);
        });
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Head(host, 1000), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<HttpResponseMessage> SendAsync(GatewayHost host)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<TcpClient> RawPostAsync(GatewayHost host, string body)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        await client.GetStream().WriteAsync((byte[])[.. Head(host, body.Length), .. Encoding.ASCII.GetBytes(body)]);
        return client;
    }

    private static byte[] Head(GatewayHost host, int length) => Encoding.ASCII.GetBytes(
        $"POST {Chat} HTTP/1.1\r\nHost: {host.Address.Authority}\r\nAuthorization: Bearer {GatewayHost.Key}\r\n" +
        $"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");

    private static async IAsyncEnumerable<ResponseEvent> After(Task release, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await release.WaitAsync(cancellationToken);
        yield return Script.Tokens(0, "a");
        yield return Script.Finish(0);
    }

    private static async IAsyncEnumerable<ResponseEvent> Forever(
        TaskCompletionSource read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Script.Tokens(0, "a");
        read.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static async IAsyncEnumerable<ResponseEvent> Flood([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = new string('x', 8192);
        while (true)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return Script.Tokens(0, text);
        }
    }

    private static async IAsyncEnumerable<ResponseEvent> Break()
    {
        yield return Script.Tokens(0, "a");
        await Task.Yield();
        throw new InvalidOperationException("secret detail");
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static JsonElement Choice(JsonElement chunk) => chunk.GetProperty("choices")[0];

    private static JsonElement Delta(JsonElement chunk) => Choice(chunk).GetProperty("delta");

    private static string Content(JsonElement chunk) => Delta(chunk).TryGetProperty("content", out var content) ? content.GetString()! : "";
}
