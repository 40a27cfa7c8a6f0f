using System.Text.Json;
using Platform.Gateway.Tests.Doubles;
using Platform.Grains;

namespace Platform.Gateway.Tests.Http;

/// <summary>What a request says about the form of its answer reaches the response, and the answer is read accordingly.</summary>
public sealed class AnswerFormTests : IAsyncLifetime
{
    private const string Tools =
        ""","tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]""";

    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    public static TheoryData<string, AnswerContent, AnswerCalls, string, bool> Forms => new()
    {
        { ""","response_format":{"type":"json_object"}""", AnswerContent.JsonObject, AnswerCalls.Free, "", false },
        { ""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"null"}}}""", AnswerContent.JsonSchema, AnswerCalls.Free, "", false },
        { ""","guided_regex":"a+" """, AnswerContent.Expression, AnswerCalls.Free, "", false },
        { ""","structured_outputs":{"choice":["a b","c"]}""", AnswerContent.Expression, AnswerCalls.Free, "", false },
        { Tools + ""","tool_choice":"required" """, AnswerContent.Free, AnswerCalls.Required, "", false },
        { Tools + ""","tool_choice":"required","parallel_tool_calls":false""", AnswerContent.Free, AnswerCalls.Required, "", true },
        { Tools + ""","tool_choice":{"type":"function","function":{"name":"g"}}""", AnswerContent.Free, AnswerCalls.Required, "g", true },
        {
            Tools + ""","tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}""",
            AnswerContent.Free, AnswerCalls.Checked, "f", false
        },
        { Tools + ""","response_format":{"type":"json_object"}""", AnswerContent.JsonObject, AnswerCalls.Checked, "", false },
        { Tools + ""","response_format":{"type":"json_object"},"tool_choice":"none" """, AnswerContent.JsonObject, AnswerCalls.Free, "", false },
        { ""","tools":[{"type":"function","function":{"name":"f","strict":true}}]""", AnswerContent.Free, AnswerCalls.Checked, "", false },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_form_reaches_the_response(string fields, AnswerContent content, AnswerCalls calls, string functions, bool onlyOne)
    {
        await ChatAsync(fields);
        var form = _host.Responses.Last.Form!;
        Assert.Equal((content, calls, functions, onlyOne), (form.Content, form.Calls, string.Join(',', form.Functions), form.SingleCall));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","response_format":{"type":"text"}""")]
    [InlineData(Tools)]
    [InlineData(Tools + ""","tool_choice":"none" """)]
    public async Task A_free_answer_has_none(string fields)
    {
        await ChatAsync(fields);
        Assert.Null(_host.Responses.Last.Form);
    }

    [Fact]
    public async Task What_looks_like_a_tag_in_content_of_a_form_stays()
    {
        const string json = "{\"a\": \"</think><tool_call>\\n<function=f>\"}";
        _host.Responses.Events = (request, _) => Script.Text(json, request.Choices);
        using var answer = await ChatAsync(Tools + ""","response_format":{"type":"json_object"}""");
        Assert.Equal(json, answer.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_plain_completion_has_a_form_too()
    {
        using var response = await _host.PostAsync("/v1/completions", """{"model":"tiny","prompt":"a","guided_choice":["x","y"]}""");
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(AnswerContent.Expression, _host.Responses.Last.Form!.Content);
    }

    private async Task<JsonDocument> ChatAsync(string fields)
    {
        using var response = await _host.PostAsync(
            "/v1/chat/completions", $$"""{"model":"tiny","messages":[{"role":"user","content":"hi"}]{{fields}}}""");
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.False(response.Headers.Contains("x-platform-warnings"), body);
        return JsonDocument.Parse(body);
    }
}
