using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.ScriptedDecoder;

namespace Conformance.Api;

public sealed class AgentRequests(ScriptedApi api) : IClassFixture<ScriptedApi>
{
    [Theory]
    [InlineData("request-1.json", 25_000)]
    [InlineData("request-2.json", 11_000)]
    public async Task What_a_coding_agent_sends_is_understood_whole(string file, int leastTokens)
    {
        var path = Path.Combine(Repository.Root, "..", "shared", "data", "qwen-code", file);
        Assert.SkipUnless(File.Exists(path), $"The agent's recorded request (../shared/data/qwen-code/{file}) is not here.");
        var request = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        request["model"] = ScriptedApi.Model;
        var tool = request["tools"]![0]!["function"]!["name"]!.GetValue<string>();
        api.Plays(new ScriptedReply($"\n</think>\n\n<tool_call>\n<function={tool}>\n<parameter=file_path>\n/a b\n</parameter>\n</function>\n</tool_call>"));

        using var response = await api.PostAsync("/v1/chat/completions", request.ToJsonString());
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.False(response.Headers.Contains("x-platform-warnings"));
        var data = ScriptedApi.Data(text);
        Assert.Equal("[DONE]", data[^1]);
        var last = JsonDocument.Parse(data[^2]).RootElement;
        Assert.InRange(last.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), leastTokens, 40_000);
        Assert.Contains($"\"name\":\"{tool}\"", text, StringComparison.Ordinal);
        Assert.Equal(JsonNode.Parse(api.Decoder.Requests.Last().Start.ToolsJson.ToStringUtf8())!.ToJsonString(), request["tools"]!.ToJsonString());
    }
}
