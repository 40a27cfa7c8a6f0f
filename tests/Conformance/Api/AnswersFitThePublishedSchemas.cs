using System.Text.Json;
using Conformance.ScriptedDecoder;

namespace Conformance.Api;

public sealed class AnswersFitThePublishedSchemas(ScriptedApi api) : IClassFixture<ScriptedApi>
{
    private const string Tools =
        ""","tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}}]""";

    private const string Call =
        "hm\n</think>\n\nLet me look.\n<tool_call>\n<function=weather>\n<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>";

    public static TheoryData<string, string> Answers => new()
    {
        { "Hello", ",\"enable_thinking\":false" },
        { "hm\n</think>\n\nHello <|im_end|>", "" },
        { "hm\n</think>\n\nHello", ",\"logprobs\":true,\"top_logprobs\":3" },
        { Call, Tools },
        { "never closed", ",\"max_tokens\":2" },
        { "Hello", ",\"n\":3,\"seed\":5,\"enable_thinking\":false" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Whole(string reply, string more)
    {
        api.Plays(reply);
        PublishedSchema.Named("CreateChatCompletionResponse").Accepts(await api.AnswerAsync("/v1/chat/completions", ScriptedApi.Chat(more)));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Streamed(string reply, string more)
    {
        api.Plays(reply);
        var schema = PublishedSchema.Named("CreateChatCompletionStreamResponse");
        foreach (var chunk in await api.StreamAsync("/v1/chat/completions", ScriptedApi.Chat(more + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")))
            schema.Accepts(chunk);
    }

    [Fact]
    public async Task Plain_completions_whole()
    {
        api.Plays("Hello");
        var schema = PublishedSchema.Named("CreateCompletionResponse");
        schema.Accepts(await api.AnswerAsync("/v1/completions", """{"model":"tiny35","prompt":["a","b"],"logprobs":2}"""));
        schema.Accepts(await api.AnswerAsync("/v1/completions", """{"model":"tiny35","prompt":"a"}"""));
    }

    [Fact]
    public async Task Models()
    {
        var list = await GetAsync("/v1/models");
        PublishedSchema.Named("ListModelsResponse").Accepts(list);
        PublishedSchema.Named("Model").Accepts(await GetAsync("/v1/models/tiny35"));
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("""{"model":"nobody","messages":[]}""", 404)]
    [InlineData("""{"model":"tiny35","messages":[]}""", 400)]
    [InlineData("""{"model":"tiny35","messages":[{"role":"robot","content":"x"}]}""", 400)]
    [InlineData("""{"model":"tiny35","messages":[{"role":"user","content":"\ud800"}]}""", 400)]
    [InlineData("""{"model":"tiny35","messages":[{"role":"user","content":"x"}],"temperature":-1}""", 400)]
    [InlineData("""{"model":"tiny35","messages":[{"role":"system","content":"x"}]}""", 400)]
    public async Task Errors(string body, int status)
    {
        using var response = await api.PostAsync("/v1/chat/completions", body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, text);
        PublishedSchema.Named("ErrorResponse").Accepts(JsonDocument.Parse(text).RootElement);
    }

    [Fact]
    public async Task Failures_on_the_way()
    {
        api.Plays(new ScriptedReply("Hello, world and all") { FailAfter = 2 });
        using var response = await api.PostAsync("/v1/chat/completions", ScriptedApi.Chat(",\"stream\":true"));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        PublishedSchema.Named("ErrorResponse").Accepts(JsonDocument.Parse(ScriptedApi.Data(text)[^1]).RootElement);
    }

    private async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await api.Client.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;
}
