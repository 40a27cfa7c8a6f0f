using System.Net;
using System.Text;
using System.Text.Json;
using Platform.Gateway.Tests.Doubles;

namespace Platform.Gateway.Tests.Http;

public sealed class BadInputTests(BadInputTests.Host host) : IClassFixture<BadInputTests.Host>
{
    private const string Hello = """[{"role":"user","content":"hi"}]""";

    public static TheoryData<string, int, string?, string> Chats => new()
    {
        { """{"model":"tiny","messages":[""", 400, null, "line 1, byte 29" },
        { "{\n\"model\": NaN}", 400, null, "line 2, byte 10" },
        { "[1]", 400, null, "an array of 1" },
        { "", 400, null, "empty" },
        { """{"model":"tiny","messages":[{"role":"user","content":"\ud800"}]}""", 400, null, "\\ud800 at line 1, byte 55" },
        { """{"model":"tiny","messages":[{"role":"user","content":"\ud83d x"}]}""", 400, null, "surrogate" },
        { """{"model":"tiny","messages":[{"role":"user","content":"\udc00\ud800"}]}""", 400, null, "surrogate" },
        { """{"messages":[]}""", 400, "model", "missing" },
        { """{"model":7,"messages":[]}""", 400, "model", "the number 7" },
        { """{"model":"huge","messages":[]}""", 404, "model", "'huge'" },
        { """{"model":"tiny"}""", 400, "messages", "missing" },
        { """{"model":"tiny","messages":[]}""", 400, "messages", "empty" },
        { """{"model":"tiny","messages":"hi"}""", 400, "messages", "an array" },
        { """{"model":"tiny","messages":["hi"]}""", 400, "messages[0]", "an object" },
        { """{"model":"tiny","messages":[{"content":"hi"}]}""", 400, "messages[0].role", "missing" },
        { """{"model":"tiny","messages":[{"role":"robot","content":"hi"}]}""", 400, "messages[0].role", "robot" },
        { """{"model":"tiny","messages":[{"role":"user"}]}""", 400, "messages[0].content", "missing" },
        { """{"model":"tiny","messages":[{"role":"user","content":5}]}""", 400, "messages[0].content", "the number 5" },
        { """{"model":"tiny","messages":[{"role":"user","content":["x"]}]}""", 400, "messages[0].content[0]", "an object" },
        { """{"model":"tiny","messages":[{"role":"user","content":[{"type":"smell"}]}]}""", 400, "messages[0].content[0].type", "smell" },
        { """{"model":"tiny","messages":[{"role":"user","content":[{"type":"text"}]}]}""", 400, "messages[0].content[0].text", "missing" },
        {
            """{"model":"tiny","messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"2","type":"function","function":{"name":"f","arguments":"[1]"}}]}]}""",
            400, "messages[1].tool_calls[1].function.arguments", "JSON object"
        },
        {
            """{"model":"tiny","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{oops"}}]}]}""",
            400, "messages[0].tool_calls[0].function.arguments", "oops"
        },
        {
            """{"model":"tiny","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":\"\\ud800\"}"}}]}]}""",
            400, "messages[0].tool_calls[0].function.arguments", "whole characters"
        },
        { """{"model":"tiny","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,x"}}]}]}""", 400, "messages[0].content[0].image_url", "text only" },
        { Body("\"temperature\":-1"), 400, "temperature", "-1" },
        { Body("\"temperature\":2.5"), 400, "temperature", "from 0 to 2" },
        { Body("\"temperature\":\"hot\""), 400, "temperature", "hot" },
        { Body("\"temperature\":1e999"), 400, "temperature", "1e999" },
        { Body("\"top_p\":0"), 400, "top_p", "above 0" },
        { Body("\"top_p\":-0.5"), 400, "top_p", "-0.5" },
        { Body("\"top_k\":-2"), 400, "top_k", "-2" },
        { Body("\"top_k\":1.5"), 400, "top_k", "whole" },
        { Body("\"min_p\":1.5"), 400, "min_p", "1.5" },
        { Body("\"presence_penalty\":3"), 400, "presence_penalty", "3" },
        { Body("\"frequency_penalty\":-3"), 400, "frequency_penalty", "-3" },
        { Body("\"repetition_penalty\":0"), 400, "repetition_penalty", "above 0" },
        { Body("\"max_tokens\":0"), 400, "max_tokens", "0" },
        { Body("\"max_completion_tokens\":-5"), 400, "max_completion_tokens", "-5" },
        { Body("\"n\":0"), 400, "n", "0" },
        { Body("\"n\":1000"), 400, "n", "1000" },
        { Body("\"seed\":1.5"), 400, "seed", "1.5" },
        { Body("\"logprobs\":1"), 400, "logprobs", "true or false" },
        { Body("\"logprobs\":true,\"top_logprobs\":21"), 400, "top_logprobs", "21" },
        { Body("\"top_logprobs\":2"), 400, "top_logprobs", "logprobs" },
        { Body("\"stop\":[1]"), 400, "stop[0]", "a string" },
        { Body("\"stop\":\"\""), 400, "stop", "1 to" },
        { Body("\"stop_token_ids\":[99999]"), 400, "stop_token_ids[0]", "99999" },
        { Body("\"logit_bias\":{\"x\":1}"), 400, "logit_bias", "token id" },
        { Body("\"logit_bias\":{\"5\":101}"), 400, "logit_bias.5", "101" },
        { Body("\"tool_choice\":\"required\""), 400, "tool_choice", "no 'tools'" },
        { Body("\"tool_choice\":\"sometimes\""), 400, "tool_choice", "\"required\"" },
        { Body("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"), 400, "tool_choice", "no 'tools'" },
        { Body(Tool("{}") + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}"), 400, "tool_choice", "'g'" },
        { Body(Tool("{}") + ",\"tool_choice\":{\"type\":\"function\"}"), 400, "tool_choice.function.name", "missing" },
        { Body(Tool("{}") + ",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"never\"}}"), 400, "tool_choice.allowed_tools.mode", "required" },
        { Body(Tool("{\"type\":\"object\",\"properties\":{\"a\":{\"not\":{}}}}")), 400, "tools", "'not' at #/0/function/parameters/properties/a" },
        { Body("\"tools\":[{\"type\":\"function\"}]"), 400, "tools[0].function", "missing" },
        { Body("\"tools\":[{\"type\":\"web\"}]"), 400, "tools[0].type", "web" },
        { Body("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"\"}}]"), 400, "tools[0].function.name", "not empty" },
        { Body("\"functions\":[{}]"), 400, "functions", "tools" },
        { Body("\"response_format\":{\"type\":\"xml\"}"), 400, "response_format.type", "json_schema" },
        { Body("\"response_format\":{\"type\":\"json_schema\"}"), 400, "response_format.json_schema", "missing" },
        { Body("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a b\"}}"), 400, "response_format.json_schema.name", "letters" },
        { Body(Schema("{\"type\":\"object\",\"properties\":{\"a\":{\"typ\":1}}}")), 400, "response_format.json_schema.schema", "'typ' at #/properties/a" },
        { Body(Schema("{\"$ref\":\"#\"}")), 400, "response_format.json_schema.schema", "'$ref' at #" },
        { Body(Schema("{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}")), 400, "response_format.json_schema.schema", "without end" },
        { Body(Schema("{\"type\":\"string\",\"pattern\":\"(a{999}){999}\"}")), 400, "response_format.json_schema.schema", "'pattern' at #" },
        { Body(Schema("5")), 400, "response_format.json_schema.schema", "a JSON Schema" },
        { Body("\"guided_regex\":\"(\""), 400, "guided_regex", "'('" },
        { Body("\"guided_regex\":\"a\",\"guided_choice\":[\"b\"]"), 400, "guided_choice", "one of them" },
        { Body("\"structured_outputs\":{\"regex\":\"a\",\"json\":{}}"), 400, "structured_outputs", "exactly one" },
        { Body("\"structured_outputs\":{\"grammar\":\"root ::= a\"}"), 400, "structured_outputs.grammar", "not supported" },
        { Body("\"modalities\":[\"audio\"]"), 400, "modalities", "text" },
        { Body("\"reasoning_mode\":\"deep\""), 400, "reasoning_mode", "deep" },
        { Body("\"reasoning_effort\":\"huge\""), 400, "reasoning_effort", "huge" },
        { Body("\"enable_thinking\":\"yes\""), 400, "enable_thinking", "true or false" },
        { Body("\"thinking_budget\":-1"), 400, "thinking_budget", "-1" },
        { Body("\"chat_template_kwargs\":{\"x\":[1]}"), 400, "chat_template_kwargs.x", "an array" },
        { Body("\"continue_final_message\":true"), 400, "continue_final_message", "assistant" },
        { Body("\"stream\":\"yes\""), 400, "stream", "yes" },
        { Body("\"stream_options\":true"), 400, "stream_options", "an object" },
        { Body("\"x\":" + new string('[', 100) + new string(']', 100)), 400, null, "deeper than 64" },
    };

    private static string Tool(string parameters) =>
        $"\"tools\":[{{\"type\":\"function\",\"function\":{{\"name\":\"f\",\"strict\":true,\"parameters\":{parameters}}}}}]";

    private static string Schema(string schema) =>
        $"\"response_format\":{{\"type\":\"json_schema\",\"json_schema\":{{\"name\":\"answer\",\"strict\":true,\"schema\":{schema}}}}}";

    public static TheoryData<string, string?, string> Completions => new()
    {
        { """{"model":"tiny"}""", "prompt", "missing" },
        { """{"model":"tiny","prompt":""}""", "prompt", "empty" },
        { """{"model":"tiny","prompt":[]}""", "prompt", "empty" },
        { """{"model":"tiny","prompt":{}}""", "prompt", "an object" },
        { """{"model":"tiny","prompt":[1,-1]}""", "prompt", "-1" },
        { """{"model":"tiny","prompt":[9000]}""", "prompt", "8032" },
        { """{"model":"tiny","prompt":["a",7]}""", "prompt[1]", "7" },
        { """{"model":"tiny","prompt":["a","b","c"],"n":8}""", "prompt", "more than 16" },
        { """{"model":"tiny","prompt":"a","echo":true}""", "echo", "echo" },
        { """{"model":"tiny","prompt":"a","suffix":"b"}""", "suffix", "not supported" },
        { """{"model":"tiny","prompt":"a","best_of":2}""", "best_of", "equal" },
        { """{"model":"tiny","prompt":"a","logprobs":true}""", "logprobs", "true" },
        { """{"model":"tiny","prompt":"a","guided_json":{"type":"set"}}""", "guided_json", "'type' at #" },
        { """{"model":"tiny","prompt":"a","guided_json":"{\"enum\":[\"\\ud800\"]}"}""", "guided_json", "half characters" },
        { """{"model":"tiny","prompt":"a","guided_json":"{\"oneOf\":[{\"$ref\":\"#\"}]}"}""", "guided_json", "'$ref' at #/oneOf/0" },
        { """{"model":"tiny","prompt":"a","guided_json":"\\"}""", "guided_json", "JSON" },
    };

    [Theory]
    [MemberData(nameof(Chats))]
    public async Task A_wrong_chat_gets_its_status_and_a_message_that_names_the_mistake(string body, int status, string? parameter, string says) =>
        await RefusedAsync(await host.Gateway.PostAsync("/v1/chat/completions", body), status, parameter, says);

    [Theory]
    [MemberData(nameof(Completions))]
    public async Task A_wrong_completion_gets_a_message_that_names_the_mistake(string body, string? parameter, string says) =>
        await RefusedAsync(await host.Gateway.PostAsync("/v1/completions", body), 400, parameter, says);

    [Fact]
    public async Task A_body_that_is_not_utf8_is_refused()
    {
        var content = new ByteArrayContent([.. "{\"model\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        await RefusedAsync(await host.Gateway.Client.PostAsync("/v1/chat/completions", content, TestContext.Current.CancellationToken), 400, null, "UTF-8");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body("\"n\":1")));
        content.Headers.ContentType = type is null ? null : new(type);
        await RefusedAsync(await host.Gateway.Client.PostAsync("/v1/chat/completions", content, TestContext.Current.CancellationToken), 415, null, "application/json");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_50_MB_is_refused_whether_its_length_was_said_or_not(bool saysLength)
    {
        HttpContent content = new ByteArrayContent(new byte[50 << 20]);
        if (!saysLength)
            content = new StreamContent(new UnknownLength(50 << 20));
        content.Headers.ContentType = new("application/json");
        await RefusedAsync(await host.Gateway.Client.PostAsync("/v1/chat/completions", content, TestContext.Current.CancellationToken), 413, null, "33554432");
    }

    [Fact]
    public async Task A_route_that_does_not_exist_is_told_in_the_same_shape() =>
        await RefusedAsync(await host.Gateway.Client.GetAsync("/v1/nothing", TestContext.Current.CancellationToken), 404, null, "/v1/nothing");

    [Fact]
    public async Task A_method_that_a_route_does_not_take_is_told_in_the_same_shape()
    {
        var response = await host.Gateway.Client.GetAsync("/v1/chat/completions", TestContext.Current.CancellationToken);
        Assert.Equal("POST", response.Content.Headers.Allow.Single());
        await RefusedAsync(response, 405, null, "GET");
    }

    [Fact]
    public async Task Unknown_fields_are_accepted_and_listed()
    {
        using var response = await host.Gateway.PostAsync(
            "/v1/chat/completions",
            """{"model":"tiny","messages":[{"role":"user","content":"hi","mood":1}],"colour":1,"na\nme":2,"user":"me","stream_options":{"x":1}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var warnings = response.Headers.GetValues("x-platform-warnings").Single();
        Assert.All(["colour", "messages[0].mood", "stream_options.x", "na\\u000ame"], name => Assert.Contains(name, warnings, StringComparison.Ordinal));
        Assert.DoesNotContain("user", warnings.Replace("messages", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_field_sent_twice_the_last_counts()
    {
        await host.Gateway.AnswerAsync("/v1/chat/completions", Body("\"temperature\":0.25,\"temperature\":0.5"));
        Assert.Equal(0.5f, host.Gateway.Responses.Last.Sampling.Temperature);
    }

    [Fact]
    public async Task A_mistake_inside_the_platform_is_a_500_that_tells_nothing_but_the_request_id()
    {
        await using var broken = await GatewayHost.StartAsync();
        broken.Responses.Start = _ => throw new InvalidOperationException("secret detail");
        using var response = await broken.PostAsync("/v1/chat/completions", Body("\"n\":1"));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains(response.Headers.GetValues("x-request-id").Single(), text, StringComparison.Ordinal);
    }

    private static string Body(string fields) => $$"""{"model":"tiny","messages":{{Hello}},{{fields}}}""";

    private static async Task RefusedAsync(HttpResponseMessage response, int status, string? parameter, string says)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, text);
        var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal(["code", "message", "param", "type"], error.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal(parameter, error.GetProperty("param").GetString());
        Assert.Contains(says, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    public sealed class Host : IAsyncLifetime
    {
        public GatewayHost Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await GatewayHost.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }

    private sealed class UnknownLength(int bytes) : MemoryStream(new byte[bytes], writable: false)
    {
        public override bool CanSeek => false;
    }
}
