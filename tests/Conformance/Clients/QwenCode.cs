using Conformance.Api;
using Conformance.ScriptedDecoder;

namespace Conformance.Clients;

/// <summary>The coding agent qwen-code, run once without a terminal: its first request holds some 29,000 tokens with eleven tools.</summary>
[Collection(RandomPlatform.Collection)]
public sealed class QwenCode(ScriptedApi scripted, RandomPlatform random) : IClassFixture<ScriptedApi>
{
    private const string Package = "@qwen-code/qwen-code";
    private const string Question = "Which word stands in note.txt?";

    [Fact]
    public async Task Reads_a_file_through_its_tool_and_answers()
    {
        NodeClient.Require(Package);
        using var project = new TemporaryFolder();
        var note = Path.Combine(project.Path, "note.txt");
        await File.WriteAllTextAsync(note, "blue lantern\n", TestContext.Current.CancellationToken);
        scripted.Decoder.Script = request => new ScriptedReply(Reply(request.PromptText, note));

        var output = await AskAsync(new Uri(scripted.Address, "v1"), ScriptedApi.Model, project.Path);

        Assert.Contains("The note says: blue lantern.", output, StringComparison.Ordinal);
        Assert.Contains(scripted.Decoder.Requests, request => request.PromptText.Contains("<tool_response>\nblue lantern", StringComparison.Ordinal));
        Assert.True(scripted.Decoder.Requests.Max(request => request.PromptIds.Count) > 5_000);
    }

    [Fact]
    public async Task Gets_an_answer_from_random_weights()
    {
        NodeClient.Require(Package);
        using var project = new TemporaryFolder();
        var engine = await random.EngineAsync();
        var before = engine.Statistics.Finished;
        await AskAsync(await random.ApiAsync(), RandomPlatform.Model, project.Path);
        Assert.True(engine.Statistics.Finished > before);
    }

    private static string Reply(string prompt, string note)
    {
        if (prompt.Contains("<tool_response>\nblue lantern", StringComparison.Ordinal))
            return "\n</think>\n\nThe note says: blue lantern.<|im_end|>";
        return prompt.Contains(Question, StringComparison.Ordinal) && prompt.Contains("\"name\": \"read_file\"", StringComparison.Ordinal)
            ? $"I read it.\n</think>\n\n<tool_call>\n<function=read_file>\n<parameter=file_path>\n{note}\n</parameter>\n</function>\n</tool_call><|im_end|>"
            : "\n</think>\n\nNothing to do.<|im_end|>";
    }

    private static Task<string> AskAsync(Uri api, string model, string project)
    {
        var home = Directory.CreateDirectory(Path.Combine(project, ".home")).FullName;
        return NodeClient.RunProcessAsync(
            "node",
            [Path.Combine(NodeClient.Folder, "node_modules", Package, "cli.js"), "--auth-type", "openai", "-p", Question],
            project,
            new Dictionary<string, string>
            {
                ["HOME"] = home,
                ["OPENAI_API_KEY"] = "sk-test",
                ["OPENAI_BASE_URL"] = api.ToString().TrimEnd('/'),
                ["OPENAI_MODEL"] = model,
                ["NO_COLOR"] = "1",
                ["CI"] = "1",
            },
            TestContext.Current.CancellationToken);
    }
}
