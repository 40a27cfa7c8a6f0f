using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Conformance.ScriptedDecoder;
using Platform.Contracts.Tokenization;

namespace Conformance.Api;

public sealed class ChatsThroughTheWholePath(ScriptedApi api) : IClassFixture<ScriptedApi>
{
    private const string Path = "/v1/chat/completions";

    // A response that is not cancelled would otherwise hang the run.
    private const int Patience = 60_000;

    [Fact]
    public async Task Reasoning_content_and_usage_are_told_apart_streamed_as_whole()
    {
        api.Plays(new ScriptedReply("Let me think.\n</think>\n\nHello 🙂!<|im_end|>") { CachedTokens = 3 });
        var whole = await api.AnswerAsync(Path, ScriptedApi.Chat());
        var chunks = await api.StreamAsync(Path, ScriptedApi.Chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        var message = whole.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal("Let me think.", message.GetProperty("reasoning_content").GetString());
        Assert.Equal("Hello 🙂!", message.GetProperty("content").GetString());
        Assert.Equal("thinking", whole.GetProperty("reasoning_mode").GetString());
        Assert.Equal("Let me think.", Joined(chunks, "reasoning_content"));
        Assert.Equal("Hello 🙂!", Joined(chunks, "content"));
        var usage = chunks[^1].GetProperty("usage");
        Assert.Equal(usage.GetRawText(), whole.GetProperty("usage").GetRawText());
        Assert.Equal(3, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.InRange(usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32(), 1, usage.GetProperty("completion_tokens").GetInt32() - 1);
    }

    [Fact]
    public async Task A_call_streams_as_fragments_that_add_up_to_the_whole()
    {
        api.Plays("\n</think>\n\n<tool_call>\n<function=f>\n<parameter=text>\na \"quoted\" line\n</parameter>\n<parameter=n>\n17\n</parameter>\n</function>\n</tool_call>");
        const string tools = ""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"text":{"type":"string"},"n":{"type":"integer"}}}}}]""";
        var call = (await api.AnswerAsync(Path, ScriptedApi.Chat(tools))).GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0];
        var chunks = await api.StreamAsync(Path, ScriptedApi.Chat(tools + ",\"stream\":true"));
        var fragments = chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta"))
            .Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0]).ToList();
        Assert.Equal("f", fragments[0].GetProperty("function").GetProperty("name").GetString());
        var arguments = string.Concat(fragments.Select(fragment => fragment.GetProperty("function").GetProperty("arguments").GetString()));
        Assert.Equal(call.GetProperty("function").GetProperty("arguments").GetString(), arguments);
        Assert.Equal(17, JsonDocument.Parse(arguments).RootElement.GetProperty("n").GetInt32());
        Assert.Equal("tool_calls", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Every_delivered_token_has_its_log_probability()
    {
        api.Plays("hm\n</think>\n\nHello 🙂");
        var whole = await api.AnswerAsync(Path, ScriptedApi.Chat(",\"logprobs\":true,\"top_logprobs\":2"));
        var chunks = await api.StreamAsync(Path, ScriptedApi.Chat(",\"logprobs\":true,\"top_logprobs\":2,\"stream\":true"));
        var tokens = whole.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content");
        Assert.Equal(whole.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), tokens.GetArrayLength());
        var streamed = chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("logprobs"))
            .Where(logprobs => logprobs.ValueKind == JsonValueKind.Object).SelectMany(logprobs => logprobs.GetProperty("content").EnumerateArray());
        Assert.Equal(tokens.EnumerateArray().Select(token => token.GetRawText()), streamed.Select(token => token.GetRawText()));
        Assert.Equal("hm\n</think>\n\nHello 🙂", Encoding.UTF8.GetString([.. tokens.EnumerateArray().SelectMany(
            token => token.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte()))]));
    }

    [Fact]
    public async Task Sampling_and_reasoning_reach_the_decoder()
    {
        api.Plays("x");
        await api.AnswerAsync(Path, ScriptedApi.Chat(",\"temperature\":0,\"seed\":9,\"top_k\":3,\"max_tokens\":4,\"stop\":[\"q\"],\"thinking_budget\":5,\"reasoning_mode\":\"auto\""));
        var start = api.Decoder.Requests.Last().Start;
        Assert.Equal((0f, 9ul, 3, 4), (start.Sampling.Temperature, start.Sampling.Seed, start.Sampling.TopK, start.MaxTokens));
        Assert.Equal(["q"], start.Stop);
        Assert.True(start is { Chat: true, Reasoning: { Decide: true, Budget: 5 } });
    }

    [Theory]
    [InlineData(ReasoningMode.Fast, "\n</think>\n\nyes", "fast")]
    [InlineData(ReasoningMode.Thinking, "hm\n</think>\n\nyes", "thinking")]
    public async Task An_auto_answer_tells_what_the_model_decided(ReasoningMode decided, string reply, string mode)
    {
        api.Plays(new ScriptedReply(reply) { Decided = decided });
        var answer = await api.AnswerAsync(Path, ScriptedApi.Chat(",\"reasoning_mode\":\"auto\""));
        Assert.Equal(mode, answer.GetProperty("reasoning_mode").GetString());
        Assert.Equal("yes", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Special_tokens_that_a_user_spells_stay_text()
    {
        api.Plays("x");
        await api.AnswerAsync(Path, ScriptedApi.Chat(user: "<|im_end|>"));
        var spelled = api.Decoder.Requests.Last().PromptIds;
        await api.AnswerAsync(Path, ScriptedApi.Chat(user: "plain"));
        var plain = api.Decoder.Requests.Last().PromptIds;
        var end = (await api.AnswerAsync("/tokenize", """{"prompt":"<|im_end|>","parse_special":true}""")).GetProperty("tokens")[0].GetInt32();
        Assert.Equal(plain.Count(id => id == end), spelled.Count(id => id == end));
    }

    [Fact]
    public async Task Tokens_are_counted_as_the_answer_counts_them_and_come_back_as_text()
    {
        api.Plays("x");
        var conversation = """{"model":"tiny35","messages":[{"role":"user","content":"Grüße 🙂"}]}""";
        var counted = await api.AnswerAsync("/tokenize", conversation);
        var answer = await api.AnswerAsync(Path, conversation);
        Assert.Equal(answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), counted.GetProperty("count").GetInt32());
        var back = await api.AnswerAsync("/detokenize", $$"""{"tokens":{{counted.GetProperty("tokens").GetRawText()}}}""");
        Assert.Contains("Grüße 🙂<|im_end|>", back.GetProperty("prompt").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_past_the_context_is_refused_with_both_numbers()
    {
        api.Plays("x");
        using var response = await api.PostAsync(Path, ScriptedApi.Chat(user: string.Join(' ', Enumerable.Range(0, 70_000))));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("context_length_exceeded", JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(api.Decoder.MaxContext.ToString(System.Globalization.CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_vanishes_stops_the_decoder(bool stream)
    {
        var begun = new TaskCompletionSource();
        api.Plays(new ScriptedReply("one two three")
        {
            BeforeToken = async (index, cancellationToken) =>
            {
                if (index < 1)
                    return;
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            },
        });
        var before = api.Decoder.Cancelled;
        var body = ScriptedApi.Chat(stream ? ",\"stream\":true" : "");
        using (var client = new TcpClient(api.Address.Host, api.Address.Port))
        {
            var head = $"POST {Path} HTTP/1.1\r\nHost: {api.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body), TestContext.Current.CancellationToken);
            await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        while (api.Decoder.Cancelled == before)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal(before + 1, api.Decoder.Cancelled);
        Assert.Equal(0, api.Decoder.Running);
    }

    [Fact]
    public async Task A_decoder_that_dies_ends_the_stream_with_an_error_and_the_next_request_is_served()
    {
        api.Plays(new ScriptedReply("\n</think>\n\none two three four") { BreakAfter = 3 });
        using var response = await api.PostAsync(Path, ScriptedApi.Chat(",\"stream\":true"));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("event: error", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        api.Plays("\n</think>\n\nfine");
        Assert.Equal("fine", (await api.AnswerAsync(Path, ScriptedApi.Chat())).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    private static string Joined(IReadOnlyList<JsonElement> chunks, string field) => string.Concat(chunks
        .Where(chunk => chunk.GetProperty("choices").GetArrayLength() > 0)
        .Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta"))
        .Select(delta => delta.TryGetProperty(field, out var text) ? text.GetString() : ""));
}
