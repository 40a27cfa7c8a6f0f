using System.Text.Json;
using Conformance.Api;
using Conformance.ScriptedDecoder;

namespace Conformance.Clients;

/// <summary>The npm packages <c>openai</c> and <c>ai</c> with <c>@ai-sdk/openai-compatible</c>, under Node.</summary>
[Collection(RandomPlatform.Collection)]
public sealed class JavaScriptClients(ScriptedApi scripted, RandomPlatform random) : IClassFixture<ScriptedApi>
{
    private const string OpenAi = "openai-client.mjs";
    private const string AiSdk = "ai-sdk.mjs";
    private const string Call = "\n</think>\n\n<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=days>\n2\n</parameter>\n</function>\n</tool_call><|im_end|>";

    [Theory]
    [InlineData(OpenAi, "openai")]
    [InlineData(AiSdk, "@ai-sdk/openai-compatible")]
    public async Task Stream_reasoning_content_and_usage(string script, string package)
    {
        scripted.Plays("Let me think.\n</think>\n\nIt is sunny.<|im_end|>");
        var seen = await RunAsync(script, package, "stream");
        Assert.Equal("Let me think.", seen.GetProperty("reasoning").GetString());
        Assert.Equal("It is sunny.", seen.GetProperty(script == OpenAi ? "content" : "text").GetString());
        Assert.Equal("stop", seen.GetProperty("finish").GetString());
        var usage = seen.GetProperty("usage");
        Assert.True((script == OpenAi ? usage.GetProperty("completion_tokens") : usage.GetProperty("outputTokens")).GetInt32() > 0);
    }

    [Theory]
    [InlineData(OpenAi, "openai")]
    [InlineData(AiSdk, "@ai-sdk/openai-compatible")]
    public async Task Read_a_whole_answer(string script, string package)
    {
        scripted.Plays("\n</think>\n\nIt is sunny.<|im_end|>");
        var seen = await RunAsync(script, package, "whole");
        Assert.Equal("It is sunny.", seen.GetProperty(script == OpenAi ? "content" : "text").GetString());
        Assert.Equal("stop", seen.GetProperty("finish").GetString());
    }

    [Fact]
    public async Task The_openai_package_calls_a_tool_and_hands_its_result_back()
    {
        PlayWeather();
        var seen = await RunAsync(OpenAi, "openai", "tools");
        var call = seen.GetProperty("first").GetProperty("calls")[0];
        Assert.Equal("get_weather", call.GetProperty("name").GetString());
        Assert.Equal("""{"city":"Paris","days":2}""", Compact(call.GetProperty("arguments").GetString()!));
        Assert.Equal("tool_calls", seen.GetProperty("first").GetProperty("finish").GetString());
        Assert.Equal("It is sunny in Paris.", seen.GetProperty("second").GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_ai_sdk_runs_a_tool_loop_to_its_end()
    {
        PlayWeather();
        var seen = await RunAsync(AiSdk, "@ai-sdk/openai-compatible", "tools");
        Assert.Equal("""{"city":"Paris","days":2}""", Compact(seen.GetProperty("asked")[0].GetRawText()));
        Assert.Equal("It is sunny in Paris.", seen.GetProperty("text").GetString());
        Assert.Equal(2, seen.GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task The_openai_package_lists_models_and_reads_errors()
    {
        Assert.Equal(ScriptedApi.Model, (await RunAsync(OpenAi, "openai", "models")).GetProperty("ids")[0].GetString());
        var error = await RunAsync(OpenAi, "openai", "error");
        Assert.Equal(404, error.GetProperty("status").GetInt32());
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_client_that_aborts_ends_the_work()
    {
        NodeClient.Require("openai");
        var engine = await random.EngineAsync();
        var before = engine.Statistics.Cancellations;
        await NodeClient.RunAsync(OpenAi, await random.ApiAsync(), RandomPlatform.Model, "abort", TestContext.Current.CancellationToken);
        while (engine.Statistics is var now && (now.Cancellations == before || now.Live > 0))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(before + 1, engine.Statistics.Cancellations);
    }

    [Theory]
    [InlineData(OpenAi, "openai")]
    [InlineData(AiSdk, "@ai-sdk/openai-compatible")]
    public async Task Stream_from_random_weights(string script, string package)
    {
        NodeClient.Require(package);
        var seen = await NodeClient.RunAsync(script, await random.ApiAsync(), RandomPlatform.Model, "stream", TestContext.Current.CancellationToken);
        var text = seen.TryGetProperty("reasoning", out var reasoning) ? reasoning.GetString() : "";
        Assert.NotEqual("", text + seen.GetProperty(script == OpenAi ? "content" : "text").GetString());
    }

    private void PlayWeather() => scripted.Decoder.Script = request => new ScriptedReply(
        request.PromptText.Contains("<tool_response>", StringComparison.Ordinal) ? "\n</think>\n\nIt is sunny in Paris.<|im_end|>" : Call);

    private Task<JsonElement> RunAsync(string script, string package, string scenario)
    {
        NodeClient.Require(package);
        return NodeClient.RunAsync(script, new Uri(scripted.Address, "v1"), ScriptedApi.Model, scenario, TestContext.Current.CancellationToken);
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
}
