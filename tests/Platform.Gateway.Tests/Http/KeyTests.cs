using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Platform.Gateway.Options;
using Platform.Gateway.Tests.Doubles;

namespace Platform.Gateway.Tests.Http;

public sealed class KeyTests
{
    private const string Body = """{"model":"tiny","messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData(null, "No API key")]
    [InlineData("Bearer sk-wrong", "not one of")]
    [InlineData("Basic c2s6", "no bearer key")]
    public async Task Without_a_known_key_nothing_is_let_in_and_the_key_is_not_repeated(string? header, string says)
    {
        await using var host = await GatewayHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        if (header is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        foreach (var path in new[] { "/v1/models", "/v1/models/tiny" })
        {
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("invalid_api_key", JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("code").GetString());
            Assert.Contains(says, text, StringComparison.Ordinal);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            Assert.DoesNotContain("sk-wrong", text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_key_sees_only_its_models()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            GatewayHost.WithKey(options);
            options.Keys[0].Models.Add("other");
        });
        host.Models.Models.Add(ModelList.Text("other"));
        using var refused = await host.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        var list = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("other", list.GetProperty("data").EnumerateArray().Single().GetProperty("id").GetString());
    }

    [Fact]
    public async Task Keys_of_one_project_share_a_cache_and_others_do_not()
    {
        await using var host = await GatewayHost.StartAsync(options =>
        {
            foreach (var (key, project) in new[] { ("a", "x"), ("b", "x"), ("c", "y") })
            {
                var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key));
                options.Keys.Add(new ApiKeyOptions { Name = key, Project = project, Sha256 = Convert.ToHexString(hash) });
            }
        });
        foreach (var key in new[] { "a", "b", "c" })
        {
            host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            await host.AnswerAsync("/v1/chat/completions", Body);
        }

        var salts = host.Responses.Requests.Select(request => request.CacheSalt).ToList();
        Assert.Equal(salts[0], salts[1]);
        Assert.NotEqual(salts[0], salts[2]);
    }

    [Fact]
    public async Task An_open_server_answers_on_loopback_but_not_under_a_strange_name()
    {
        await using var host = await GatewayHost.StartAsync(options => options.Open = true);
        host.Client.DefaultRequestHeaders.Authorization = null;
        await host.AnswerAsync("/v1/chat/completions", Body);
        host.Client.DefaultRequestHeaders.Host = "evil.example";
        using var rebound = await host.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(HttpStatusCode.Forbidden, rebound.StatusCode);
    }

    [Fact]
    public async Task An_open_server_does_not_start_on_an_address_that_others_reach()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayHost.StartAsync(options => options.Open = true, IPAddress.Any));
        Assert.Contains("Listen on 127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_cannot_work_stop_the_start()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(_ => { }));
        await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(options =>
        {
            GatewayHost.WithKey(options);
            options.MaxChoices = 0;
        }));
        await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(
            options => options.Keys.Add(new ApiKeyOptions { Name = "plain", Sha256 = "sk-not-a-hash" })));
        await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(options =>
        {
            GatewayHost.WithKey(options);
            GatewayHost.WithKey(options);
        }));
    }
}
