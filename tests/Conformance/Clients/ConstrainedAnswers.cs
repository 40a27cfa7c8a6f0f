using System.ClientModel;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpenAI;
using OpenAI.Chat;

namespace Conformance.Clients;

/// <summary>The official client asks random weights for answers of a form, and gets them: whatever the model would rather say.</summary>
[Collection(RandomPlatform.Collection)]
public sealed class ConstrainedAnswers(RandomPlatform random)
{
    private const string Schema = """
        {"type":"object","properties":{"city":{"type":"string","maxLength":12},"days":{"type":"integer","minimum":1,"maximum":14},
        "sky":{"enum":["sunny","rainy"]},"hours":{"type":"array","items":{"type":"number","minimum":0,"maximum":1},"minItems":1,"maxItems":3},"note":{"type":["string","null"],"maxLength":5}},
        "required":["city","days","sky","hours","note"],"additionalProperties":false}
        """;

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool("get_weather", "The weather.", BinaryData.FromString(
        """{"type":"object","properties":{"city":{"type":"string","maxLength":12},"days":{"type":"integer","minimum":1,"maximum":14},"exact":{"type":"boolean"}},"required":["city","days","exact"],"additionalProperties":false}"""),
        functionSchemaIsStrict: true);

    private static readonly ChatTool Clock = ChatTool.CreateFunctionTool("get_time", "The time.", BinaryData.FromString(
        """{"type":"object","properties":{"zone":{"type":"string","pattern":"^[A-Z]{3}$"}},"required":["zone"],"additionalProperties":false}"""),
        functionSchemaIsStrict: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fast", false)]
    [InlineData("fast", true)]
    [InlineData("thinking", false)]
    [InlineData("thinking", true)]
    [InlineData("auto", false)]
    public async Task Fit_their_schema(string mode, bool streams)
    {
        var options = Options(mode, seed: 3);
        options.ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("weather", BinaryData.FromString(Schema), jsonSchemaIsStrict: true);
        var (text, _, finish) = await AnswerAsync(options, streams);
        Assert.Equal(ChatFinishReason.Stop, finish);
        var answer = JsonDocument.Parse(text).RootElement;
        Assert.Equal(["city", "days", "sky", "hours", "note"], answer.EnumerateObject().Select(property => property.Name));
        Assert.InRange(answer.GetProperty("city").GetString()!.EnumerateRunes().Count(), 0, 12);
        Assert.InRange(answer.GetProperty("days").GetInt32(), 1, 14);
        Assert.Contains(answer.GetProperty("sky").GetString(), (string[])["sunny", "rainy"]);
        Assert.InRange(answer.GetProperty("hours").GetArrayLength(), 1, 3);
        Assert.All(answer.GetProperty("hours").EnumerateArray(), hour => Assert.InRange(hour.GetDecimal(), 0, 1));
    }

    [Theory]
    [InlineData("fast", false)]
    [InlineData("thinking", true)]
    public async Task Are_calls_when_calls_are_required(string mode, bool streams)
    {
        var options = Options(mode, seed: 4);
        options.Tools.Add(Weather);
        options.Tools.Add(Clock);
        options.ToolChoice = ChatToolChoice.CreateRequiredChoice();
        options.AllowParallelToolCalls = false;
        var (text, calls, finish) = await AnswerAsync(options, streams);
        Assert.Equal("", text);
        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        var (name, arguments) = Assert.Single(calls);
        if (name == "get_weather")
            Assert.InRange(JsonDocument.Parse(arguments).RootElement.GetProperty("days").GetInt32(), 1, 14);
        else
            Assert.Matches("^[A-Z]{3}$", JsonDocument.Parse(arguments).RootElement.GetProperty("zone").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_the_function_that_is_named(bool streams)
    {
        var options = Options("thinking", seed: 5);
        options.Tools.Add(Weather);
        options.Tools.Add(Clock);
        options.ToolChoice = ChatToolChoice.CreateFunctionChoice("get_time");
        var (_, calls, _) = await AnswerAsync(options, streams);
        var (name, arguments) = Assert.Single(calls);
        Assert.Equal("get_time", name);
        Assert.Matches("^[A-Z]{3}$", JsonDocument.Parse(arguments).RootElement.GetProperty("zone").GetString());
    }

    [Fact]
    public async Task Match_their_expression_in_every_choice()
    {
        using var http = new HttpClient { BaseAddress = await random.ApiAsync() };
        using var content = new StringContent(
            $$"""{"model":"{{RandomPlatform.Model}}","messages":[{"role":"user","content":"hi"}],"n":3,"logprobs":true,"reasoning_mode":"fast","seed":1,"max_tokens":200,"guided_regex":"[a-f]{3,9}(-[0-9]{2}){1,2}"}""",
            Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(http.BaseAddress + "/chat/completions"), content, Cancellation);
        string body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.All(JsonDocument.Parse(body).RootElement.GetProperty("choices").EnumerateArray(), choice => Assert.Matches(
            new Regex("^[a-f]{3,9}(-[0-9]{2}){1,2}$"), choice.GetProperty("message").GetProperty("content").GetString()!));
    }

    [Fact]
    public async Task Are_refused_before_anything_is_generated_when_their_schema_is_not_supported()
    {
        var options = Options("fast", seed: 1);
        options.ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("x", BinaryData.FromString("""{"type":"object","properties":{"a":{"if":{}}}}"""));
        var thrown = await Assert.ThrowsAsync<ClientResultException>(() => AnswerAsync(options, streams: false));
        Assert.Equal(400, thrown.Status);
        Assert.Contains("'if' at #/properties/a", thrown.Message, StringComparison.Ordinal);
    }

    private static ChatCompletionOptions Options(string mode, long seed)
    {
#pragma warning disable OPENAI001, SCME0001 // Marked experimental in the client: the seed, and fields of a server of its own.
        var options = new ChatCompletionOptions { Seed = seed, MaxOutputTokenCount = 600 };
        options.Patch.Set("$.reasoning_mode"u8, mode);
        options.Patch.Set("$.thinking_budget"u8, 12);
#pragma warning restore OPENAI001, SCME0001
        return options;
    }

    private async Task<(string Text, List<(string Name, string Arguments)> Calls, ChatFinishReason? Finish)> AnswerAsync(ChatCompletionOptions options, bool streams)
    {
        var client = new OpenAIClient(new ApiKeyCredential("sk-test"), new OpenAIClientOptions
        {
            Endpoint = await random.ApiAsync(),
            RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(maxRetries: 0),
        }).GetChatClient(RandomPlatform.Model);
        List<ChatMessage> messages = [new UserChatMessage("What is the weather?")];
        if (!streams)
        {
            ChatCompletion whole = await client.CompleteChatAsync(messages, options, Cancellation);
            return (string.Concat(whole.Content.Select(part => part.Text)), [.. whole.ToolCalls.Select(call => (call.FunctionName, call.FunctionArguments.ToString()))], whole.FinishReason);
        }

        var text = new StringBuilder();
        var calls = new SortedDictionary<int, (string Name, string Arguments)>();
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync(messages, options, Cancellation))
        {
            foreach (var part in update.ContentUpdate)
                text.Append(part.Text);
            foreach (var call in update.ToolCallUpdates)
            {
                var (name, arguments) = calls.GetValueOrDefault(call.Index, ("", ""));
                calls[call.Index] = (string.IsNullOrEmpty(call.FunctionName) ? name : call.FunctionName, arguments + call.FunctionArgumentsUpdate);
            }

            finish = update.FinishReason ?? finish;
        }

        return (text.ToString(), [.. calls.Values], finish);
    }
}
