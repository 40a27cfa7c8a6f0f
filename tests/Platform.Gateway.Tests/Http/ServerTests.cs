using System.Net;
using System.Text.Json;
using Platform.Gateway.Docs;
using Platform.Gateway.Tests.Doubles;

namespace Platform.Gateway.Tests.Http;

public sealed class ServerTests : IAsyncLifetime
{
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Models_are_listed_and_described()
    {
        var list = await GetAsync("/v1/models");
        Assert.Equal("list", list.GetProperty("object").GetString());
        var model = await GetAsync("/v1/models/tiny");
        Assert.Equal(model.GetRawText(), list.GetProperty("data")[0].GetRawText());
        Assert.Equal(4096, model.GetProperty("max_model_len").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync("/v1/models/a/b", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Is_ready_once_a_model_is_served()
    {
        Assert.Equal("ready", (await GetAsync("/ready")).GetProperty("status").GetString());
        _host.Models.Models.Clear();
        using var response = await _host.Client.GetAsync("/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        using var chat = await _host.PostAsync("/v1/chat/completions", """{"model":"new","messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, chat.StatusCode);
    }

    [Fact]
    public async Task Metrics_have_own_names_and_the_usual_ones()
    {
        await _host.AnswerAsync("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"hi"}]}""");
        var text = await _host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.All(
            [
                "platform_http_requests_total{route=\"/v1/chat/completions\",status=\"200\"}", "platform_time_to_first_token_seconds_count{model=\"tiny\"}",
                "vllm:request_success_total{model_name=\"tiny\",finished_reason=\"stop\"}", "vllm:e2e_request_latency_seconds_bucket",
            ],
            name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_keeps_its_id_if_it_is_plain_and_gets_one_otherwise()
    {
        foreach (var (given, kept) in new[] { ("my-id.1", true), ("not plain", false), (new string('x', 200), false) })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/health");
            request.Headers.TryAddWithoutValidation("x-request-id", given);
            using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(kept, response.Headers.GetValues("x-request-id").Single() == given);
        }
    }

    [Fact]
    public async Task The_page_and_the_description_are_served_without_anything_from_elsewhere()
    {
        using var docs = await _host.Client.GetAsync("/docs/", TestContext.Current.CancellationToken);
        Assert.StartsWith("default-src 'self'", docs.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var page = await docs.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("openapi.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Equal("3.1.0", (await GetAsync("/openapi.json")).GetProperty("openapi").GetString());
    }

    [Fact]
    public async Task Every_path_that_is_described_exists()
    {
        using var document = JsonDocument.Parse(DocsEndpoints.Read());
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject())
            {
                var request = new HttpRequestMessage(new HttpMethod(method.Name.ToUpperInvariant()), path.Name.Replace("{id}", "tiny", StringComparison.Ordinal));
                using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.NotEqual(HttpStatusCode.NotFound, response.StatusCode);
                Assert.NotEqual(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("ChatRequest", "/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]")]
    [InlineData("CompletionRequest", "/v1/completions", "\"prompt\":\"hi\"")]
    public async Task Every_field_that_is_described_is_read(string schema, string path, string needed)
    {
        using var document = JsonDocument.Parse(DocsEndpoints.Read());
        var fields = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties");
        var nulls = string.Join(',', fields.EnumerateObject().Select(field => $"\"{field.Name}\":null"));
        using var response = await _host.PostAsync(path, $$"""{{{nulls}},"model":"tiny",{{needed}}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("x-platform-warnings"));
    }

    private async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await _host.Client.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;
}
