using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Conformance.ScriptedDecoder;
using Platform.Cli.Embedded;
using Platform.Engine;

namespace Conformance.Embedded;

/// <summary>The whole platform in one process answers over HTTP, with a scripted and with a real decoder.</summary>
public sealed class EmbeddedPlatformTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reasoning_and_a_tool_call_come_back_apart()
    {
        var decoder = new ScriptedDecoder.ScriptedDecoder(
            "decoder-a", "scripted", _ => new ScriptedReply(
                "Look first.\n</think>\n\nReading it.\n<tool_call>\n<function=read_file>\n<parameter=path>\nnotes.txt\n</parameter>\n</function>\n</tool_call>"));
        await using var platform = await ScriptedPlatform.StartAsync(TokenizerFixture.Tiny35Directory, [decoder], cancellationToken: Patience);
        using var reply = await PostAsync(platform.Platform.Address, new
        {
            model = "scripted",
            messages = new[] { new { role = "user", content = "What is in notes.txt?" } },
            tools = new[]
            {
                new { type = "function", function = new { name = "read_file", parameters = new { type = "object", properties = new { path = new { type = "string" } } } } },
            },
        });

        var choice = reply.RootElement.GetProperty("choices")[0];
        var message = choice.GetProperty("message");
        var call = message.GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal("Look first.", message.GetProperty("reasoning_content").GetString());
        Assert.Equal("Reading it.", message.GetProperty("content").GetString());
        Assert.Equal("read_file", call.GetProperty("name").GetString());
        Assert.Equal("notes.txt", JsonDocument.Parse(call.GetProperty("arguments").GetString()!).RootElement.GetProperty("path").GetString());
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Contains("What is in notes.txt?", Assert.Single(decoder.Requests).PromptText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_closes_its_stream_ends_the_decoders_work()
    {
        var decoder = new ScriptedDecoder.ScriptedDecoder("decoder-a", "scripted", _ => new ScriptedReply("one two three four five")
        {
            BeforeToken = (index, token) => index == 3 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask,
        });
        await using var platform = await ScriptedPlatform.StartAsync(TokenizerFixture.Tiny35Directory, [decoder], cancellationToken: Patience);
        using (var http = new HttpClient { BaseAddress = platform.Platform.Address })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = JsonContent.Create(new { model = "scripted", stream = true, messages = new[] { new { role = "user", content = "Count." } } }),
            };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience);
            await using var body = await response.Content.ReadAsStreamAsync(Patience);
            Assert.True(await body.ReadAsync(new byte[16], Patience) > 0);
        }
        while (decoder.Cancelled == 0)
            await Task.Delay(10, Patience);
        Assert.Equal(0, decoder.Running);
    }

    [Fact]
    public async Task The_real_engine_answers_a_picture_as_the_reference_does()
    {
        var checkpoint = Path.Combine(Repository.Root, "tests", "Parity", "goldens", "end-to-end");
        await using var platform = await EmbeddedPlatform.StartAsync(
            new EmbeddedOptions
            {
                ModelDirectory = checkpoint,
                ConfigureLogging = static _ => { },
                Model = new TextModelOptions { Threads = 1, MaxBatchedTokens = 128 },
                Engine = new EngineOptions { MaxSequences = 4, Pages = 64 },
            },
            progress: null,
            Patience);
        using var stored = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(checkpoint, "requests.json"), Patience));
        var golden = stored.RootElement.GetProperty("requests").EnumerateArray().Single(r => r.GetProperty("name").GetString() == "image");
        var generated = golden.GetProperty("generated");
        var text = golden.GetProperty("messages").EnumerateArray().Last().GetProperty("content").EnumerateArray();
        using var reply = await PostAsync(platform.Address, new
        {
            model = "end-to-end",
            temperature = 0,
            presence_penalty = 0,
            max_tokens = generated.GetArrayLength(),
            logprobs = true,
            messages = new[] { new { role = "user", content = text.Select(part => WirePart(part, checkpoint)).ToArray() } },
        });

        Assert.Equal(golden.GetProperty("ids").GetArrayLength(), reply.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(generated.GetArrayLength(), reply.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        var reasoning = reply.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("reasoning_content").GetString();
        Assert.Equal(golden.GetProperty("generated_text").GetString()!.Trim('\r', '\n'), reasoning);
    }

    private static object WirePart(JsonElement part, string folder) => part.TryGetProperty("image", out var file)
        ? new
        {
            type = "image_url",
            image_url = new { url = $"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(Path.Combine(folder, file.GetString()!)))}" },
        }
        : new { type = "text", text = part.GetProperty("text").GetString() };

    private static async Task<JsonDocument> PostAsync(Uri address, object body)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", body, Patience);
        var json = await response.Content.ReadAsStringAsync(Patience);
        Assert.True(response.StatusCode == HttpStatusCode.OK, json);
        return JsonDocument.Parse(json);
    }
}
