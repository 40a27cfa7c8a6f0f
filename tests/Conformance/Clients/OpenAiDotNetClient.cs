using System.ClientModel;
using System.Text;
using System.Text.Json;
using Conformance.Api;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Conformance.Clients;

/// <summary>The official OpenAI client for .NET.</summary>
[Collection(RandomPlatform.Collection)]
public sealed class OpenAiDotNetClient(ScriptedApi scripted, RandomPlatform random) : IClassFixture<ScriptedApi>
{
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool("get_weather", "The weather of a city.", BinaryData.FromString(
        """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}"""));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_a_whole_answer_with_its_usage()
    {
        scripted.Plays("hm\n</think>\n\nIt is sunny.<|im_end|>");
        ChatCompletion answer = await Scripted().CompleteChatAsync([new UserChatMessage("weather?")], cancellationToken: Cancellation);
        Assert.Equal("It is sunny.", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.True(answer.Usage.OutputTokenCount > answer.Usage.OutputTokenDetails.ReasoningTokenCount);
    }

    [Fact]
    public async Task Streams_a_tool_call_and_the_answer_to_its_result()
    {
        scripted.Decoder.Script = request => new(request.PromptText.Contains("<tool_response>", StringComparison.Ordinal)
            ? "\n</think>\n\nSunny, 21 degrees.<|im_end|>"
            : "\n</think>\n\n<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=days>\n2\n</parameter>\n</function>\n</tool_call><|im_end|>");
        List<ChatMessage> messages = [new UserChatMessage("weather?")];
        var options = new ChatCompletionOptions { Tools = { Weather } };

        var (id, name, arguments, finish) = await StreamCallAsync(messages, options);
        Assert.Equal(("get_weather", ChatFinishReason.ToolCalls), (name, finish));
        Assert.Equal("Paris", JsonDocument.Parse(arguments).RootElement.GetProperty("city").GetString());
        Assert.Equal(2, JsonDocument.Parse(arguments).RootElement.GetProperty("days").GetInt32());

        messages.Add(new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall(id, name, BinaryData.FromString(arguments))]));
        messages.Add(new ToolChatMessage(id, "Sunny, 21 degrees."));
        ChatCompletion second = await Scripted().CompleteChatAsync(messages, options, Cancellation);
        Assert.Equal("Sunny, 21 degrees.", second.Content[0].Text);
    }

    [Fact]
    public async Task Gets_a_mistake_as_its_own_exception_with_the_status()
    {
        var client = Client(new Uri(scripted.Address, "v1")).GetChatClient("no-such-model");
        var thrown = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync([new UserChatMessage("hi")], cancellationToken: Cancellation));
        Assert.Equal(404, thrown.Status);
        Assert.Contains("no-such-model", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_from_random_weights_and_the_same_seed_repeats()
    {
        var client = Client(await random.ApiAsync()).GetChatClient(RandomPlatform.Model);
        var first = await TextAsync(client);
        Assert.Equal(first, await TextAsync(client));
    }

    [Fact]
    public async Task Lists_the_served_model()
    {
        OpenAIModelCollection models = await Client(await random.ApiAsync()).GetOpenAIModelClient().GetModelsAsync(Cancellation);
        Assert.Equal(RandomPlatform.Model, Assert.Single(models).Id);
    }

    private ChatClient Scripted() => Client(new Uri(scripted.Address, "v1")).GetChatClient(ScriptedApi.Model);

    private static OpenAIClient Client(Uri api) => new(new ApiKeyCredential("sk-test"), new OpenAIClientOptions
    {
        Endpoint = api,
        RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(maxRetries: 0),
    });

    private async Task<(string Id, string Name, string Arguments, ChatFinishReason? Finish)> StreamCallAsync(
        IEnumerable<ChatMessage> messages, ChatCompletionOptions options)
    {
        string id = "", name = "";
        var arguments = new StringBuilder();
        ChatFinishReason? finish = null;
        await foreach (var update in Scripted().CompleteChatStreamingAsync(messages, options, Cancellation))
        {
            foreach (var call in update.ToolCallUpdates)
            {
                id = string.IsNullOrEmpty(call.ToolCallId) ? id : call.ToolCallId;
                name = string.IsNullOrEmpty(call.FunctionName) ? name : call.FunctionName;
                arguments.Append(call.FunctionArgumentsUpdate);
            }

            finish = update.FinishReason ?? finish;
        }

        return (id, name, arguments.ToString(), finish);
    }

    private static async Task<string> TextAsync(ChatClient client)
    {
        var text = new StringBuilder();
        var finished = false;
#pragma warning disable OPENAI001, SCME0001 // Marked experimental in the client: the seed, and fields of a server of its own.
        var options = new ChatCompletionOptions { Seed = 11, MaxOutputTokenCount = 24 };
        options.Patch.Set("$.reasoning_mode"u8, "fast");
#pragma warning restore OPENAI001, SCME0001
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("Hello!")], options, Cancellation))
        {
            foreach (var part in update.ContentUpdate)
                text.Append(part.Text);
            finished |= update.FinishReason is not null;
        }

        Assert.True(finished);
        Assert.NotEqual("", text.ToString());
        return text.ToString();
    }
}
