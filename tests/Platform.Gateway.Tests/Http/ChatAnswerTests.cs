using System.Text;
using System.Text.Json;
using Platform.Gateway.Tests.Doubles;
using Platform.Grains;

namespace Platform.Gateway.Tests.Http;

public sealed class ChatAnswerTests : IAsyncLifetime
{
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_whole_answer_has_text_usage_fingerprint_and_the_seed_that_was_drawn()
    {
        _host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, "Hel", "lo"), Script.Finish(0, cached: 4));
        var answer = await ChatAsync("");
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal("Hello", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("numerics-1", answer.GetProperty("system_fingerprint").GetString());
        Assert.Equal((ulong)answer.GetProperty("seed").GetInt64(), _host.Responses.Last.Sampling.Seed);
        Assert.Equal("fast", answer.GetProperty("reasoning_mode").GetString());
        var usage = answer.GetProperty("usage");
        Assert.Equal((7, 2, 9), (Int(usage, "prompt_tokens"), Int(usage, "completion_tokens"), Int(usage, "total_tokens")));
        Assert.Equal(4, Int(usage.GetProperty("prompt_tokens_details"), "cached_tokens"));
    }

    [Fact]
    public async Task What_a_request_leaves_out_is_taken_from_the_model()
    {
        await ChatAsync("");
        var sampling = _host.Responses.Last.Sampling;
        Assert.Equal((0.6f, 0.95f, 20, 0.05f), (sampling.Temperature, sampling.TopP, sampling.TopK, sampling.MinP));
        Assert.Equal((1.5f, 1.1f, 0f), (sampling.PresencePenalty, sampling.RepetitionPenalty, sampling.FrequencyPenalty));
    }

    [Fact]
    public async Task What_a_request_says_reaches_the_response()
    {
        await ChatAsync(
            """
            ,"temperature":0,"top_p":0.5,"top_k":-1,"min_p":0.1,"presence_penalty":-1,"frequency_penalty":0.5,"repetition_penalty":1.2,
            "logit_bias":{"5":-100},"seed":-3,"max_tokens":9,"max_completion_tokens":8,"stop":["a","b"],"stop_token_ids":[4],"ignore_eos":true,
            "logprobs":true,"top_logprobs":3,"reasoning_mode":"auto","thinking_budget":12,"tool_choice":"none"
            """);
        var request = _host.Responses.Last;
        Assert.Equal((0f, 0.5f, 0, 0.1f), (request.Sampling.Temperature, request.Sampling.TopP, request.Sampling.TopK, request.Sampling.MinP));
        Assert.Equal((-1f, 0.5f, 1.2f), (request.Sampling.PresencePenalty, request.Sampling.FrequencyPenalty, request.Sampling.RepetitionPenalty));
        Assert.Equal(-100f, request.Sampling.LogitBias[5]);
        Assert.Equal(unchecked((ulong)-3L), request.Sampling.Seed);
        Assert.Equal(8, request.MaxTokens);
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal([4], request.StopTokenIds);
        Assert.True(request is { IgnoreEos: true, Logprobs: true, TopLogprobs: 3 });
        Assert.Equal((ReasoningMode.Auto, 12), (request.Reasoning.Mode, request.Reasoning.Budget));
        Assert.False(((ChatResponsePrompt)request.Prompt).ToolCallsAllowed);
    }

    [Theory]
    [InlineData("\"enable_thinking\":false", ReasoningMode.Fast, false)]
    [InlineData("\"enable_thinking\":true", ReasoningMode.Thinking, false)]
    [InlineData("\"chat_template_kwargs\":{\"enable_thinking\":false}", ReasoningMode.Fast, false)]
    [InlineData("\"reasoning_effort\":\"none\"", ReasoningMode.Fast, false)]
    [InlineData("\"reasoning_effort\":\"high\"", ReasoningMode.Default, false)]
    [InlineData("\"reasoning_mode\":\"thinking\",\"enable_thinking\":false", ReasoningMode.Thinking, true)]
    public async Task Every_spelling_of_the_reasoning_mode_is_understood_and_the_plainest_wins(string fields, ReasoningMode mode, bool warns)
    {
        using var response = await _host.PostAsync("/v1/chat/completions", Body("," + fields));
        Assert.Equal(mode, _host.Responses.Last.Reasoning.Mode);
        Assert.Equal(warns, response.Headers.Contains("x-platform-warnings"));
    }

    [Fact]
    public async Task Reasoning_and_tool_calls_are_told_apart_from_the_text()
    {
        Opens(ReasoningMode.Thinking);
        _host.Responses.Events = (_, _) => Script.Play(
            Script.Tokens(0, "hm", "\n</think>\n\n", "Look: "),
            Script.Tokens(0, "<tool_call>\n<function=f>\n<parameter=n>\n", "3\n</parameter>\n</function>\n</tool_call>"),
            Script.Finish(0));
        var answer = await ChatAsync($",{Tool}");
        var message = answer.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal("hm", message.GetProperty("reasoning_content").GetString());
        Assert.Equal("Look:", message.GetProperty("content").GetString());
        var call = message.GetProperty("tool_calls")[0];
        Assert.Equal("f", call.GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("""{"n": 3}""", Compact(call.GetProperty("function").GetProperty("arguments").GetString()!));
        Assert.Equal("tool_calls", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(2, Int(answer.GetProperty("usage").GetProperty("completion_tokens_details"), "reasoning_tokens"));
        Assert.Equal("thinking", answer.GetProperty("reasoning_mode").GetString());
    }

    [Fact]
    public async Task Without_parallel_calls_only_the_first_is_kept()
    {
        const string call = "<tool_call>\n<function=f>\n<parameter=n>\n1\n</parameter>\n</function>\n</tool_call>\n";
        _host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, call, call), Script.Finish(0));
        var both = await ChatAsync($",{Tool}");
        var first = await ChatAsync($",{Tool},\"parallel_tool_calls\":false");
        Assert.Equal(2, both.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").GetArrayLength());
        Assert.Equal(1, first.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").GetArrayLength());
    }

    [Fact]
    public async Task A_stop_string_cuts_the_content()
    {
        _host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, "one EN", "D two"), Script.Finish(0));
        var answer = await ChatAsync(",\"stop\":\"END\"");
        Assert.Equal("one ", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Log_probabilities_tell_every_token_with_its_bytes()
    {
        var smile = Encoding.UTF8.GetBytes("🙂");
        _host.Responses.Events = (_, _) => Script.Play(Script.Bytes(0, "a"u8.ToArray(), smile[..2], smile[2..]), Script.Finish(0));
        var choice = (await ChatAsync(",\"logprobs\":true,\"top_logprobs\":2")).GetProperty("choices")[0];
        var tokens = choice.GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal("a🙂", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(3, tokens.Count);
        Assert.Equal(smile, tokens.Skip(1).SelectMany(token => token.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte())));
        Assert.Equal(-9999, tokens[0].GetProperty("top_logprobs")[1].GetProperty("logprob").GetDouble());
    }

    [Theory]
    [InlineData(true, 503)]
    [InlineData(false, 502)]
    public async Task A_response_that_fails_on_the_way_is_an_error_of_ours(bool retryable, int status)
    {
        _host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, "a"), Script.Fail(0, "The decoder is gone.", retryable));
        using var response = await _host.PostAsync("/v1/chat/completions", Body(""));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(retryable, response.Headers.RetryAfter is not null);
        Assert.Contains("decoder is gone", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_passed_on_with_its_status_and_when_to_come_back()
    {
        _host.Responses.Start = _ => new ResponseRefused(429, "queue_full", "The queue is full.", null, TimeSpan.FromSeconds(2.5));
        using var response = await _host.PostAsync("/v1/chat/completions", Body(""));
        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter!.Delta);
        Assert.Empty(_host.Responses.Cancelled);
    }

    [Fact]
    public async Task An_auto_answer_tells_what_was_decided()
    {
        Opens(ReasoningMode.Auto);
        _host.Responses.Events = (_, _) => Script.Play(
            new ReasoningModeEvent { Number = 0, Choice = 0, Mode = ReasoningMode.Fast }, Script.Tokens(0, "\n</think>\n\n", "yes"), Script.Finish(0));
        var answer = await ChatAsync(",\"reasoning_mode\":\"auto\"");
        Assert.Equal("fast", answer.GetProperty("reasoning_mode").GetString());
        Assert.Equal("yes", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    private const string Tool =
        """ "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"n":{"type":"integer"}}}}}] """;

    private static string Body(string more) => $$"""{"model":"tiny","messages":[{"role":"user","content":"hi"}]{{more}}}""";

    private Task<JsonElement> ChatAsync(string more) => _host.AnswerAsync("/v1/chat/completions", Body(more));

    private void Opens(ReasoningMode mode) =>
        _host.Responses.Start = _ => new ResponseAccepted(7, "numerics-1", mode, OpensReasoning: true, 100);

    private static int Int(JsonElement parent, string name) => parent.GetProperty(name).GetInt32();

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json)).Replace(":", ": ", StringComparison.Ordinal);
}
