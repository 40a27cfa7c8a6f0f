using System.Text.Json;
using Platform.Gateway.Tests.Doubles;
using Platform.Grains;

namespace Platform.Gateway.Tests.Http;

public sealed class CompletionTests : IAsyncLifetime
{
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Several_prompts_and_choices_are_numbered_prompt_by_prompt()
    {
        _host.Responses.Events = (request, _) => Script.Text(((TextResponsePrompt)request.Prompt).Text + "!", request.Choices);
        var answer = await _host.AnswerAsync("/v1/completions", """{"model":"tiny","prompt":["a","b"],"n":2}""");
        Assert.Equal(["a!", "a!", "b!", "b!"], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()));
        Assert.Equal([0, 1, 2, 3], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal((14, 8), (answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
        Assert.Equal(16, _host.Responses.Last.MaxTokens);
    }

    [Fact]
    public async Task Several_prompts_stream_into_one()
    {
        _host.Responses.Events = (request, _) => Script.Text(((TextResponsePrompt)request.Prompt).Text + "!");
        var data = await _host.StreamAsync("/v1/completions", """{"model":"tiny","prompt":["a","b"],"stream":true}""");
        Assert.Equal("[DONE]", data[^1]);
        var choices = data.SkipLast(1).Select(chunk => JsonDocument.Parse(chunk).RootElement.GetProperty("choices")[0]).ToLookup(
            choice => choice.GetProperty("index").GetInt32(), choice => choice.GetProperty("text").GetString());
        Assert.Equal(("a!", "b!"), (string.Concat(choices[0]), string.Concat(choices[1])));
    }

    [Fact]
    public async Task Token_ids_are_a_prompt()
    {
        await _host.AnswerAsync("/v1/completions", """{"model":"tiny","prompt":[5,6],"max_tokens":3}""");
        Assert.Equal([5, 6], ((TokenResponsePrompt)_host.Responses.Last.Prompt).Ids);
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_before_it()
    {
        _host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, "one E", "ND two"), Script.Finish(0));
        var answer = await _host.AnswerAsync("/v1/completions", """{"model":"tiny","prompt":"a","stop":["END"]}""");
        Assert.Equal("one ", answer.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal("stop", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Log_probabilities_have_the_older_shape()
    {
        _host.Responses.Events = (_, _) => Script.Play(Script.Tokens(0, "ab", "c"), Script.Finish(0));
        var logprobs = (await _host.AnswerAsync("/v1/completions", """{"model":"tiny","prompt":"a","logprobs":2}""")).GetProperty("choices")[0].GetProperty("logprobs");
        Assert.Equal(["ab", "c"], logprobs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal([0, 2], logprobs.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32()));
        Assert.Equal(2, logprobs.GetProperty("token_logprobs").GetArrayLength());
        Assert.Equal(-0.5, logprobs.GetProperty("top_logprobs")[0].GetProperty("ab").GetDouble());
    }

    [Fact]
    public async Task When_one_prompt_is_refused_the_others_are_cancelled()
    {
        _host.Responses.Start = request => ((TextResponsePrompt)request.Prompt).Text == "b"
            ? new ResponseRefused(400, "context_length_exceeded", "Too long.", "prompt")
            : new ResponseAccepted(1, "numerics-1", ReasoningMode.Default, false, 16);
        using var response = await _host.PostAsync("/v1/completions", """{"model":"tiny","prompt":["a","b"]}""");
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Single(_host.Responses.Cancelled);
    }
}
