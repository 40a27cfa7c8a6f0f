using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Gateway.Options;

namespace Platform.Gateway.Tests.Doubles;

/// <summary>The gateway on a real server on loopback, with grains that play scripts. Its services cannot be reached.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    public const string Key = "sk-test";

    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, ScriptedResponses responses, ModelList models)
    {
        _app = app;
        Responses = responses;
        Models = models;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public ScriptedResponses Responses { get; }

    public ModelList Models { get; }

    public Uri Address { get; }

    /// <summary>Sends the key with each request.</summary>
    public HttpClient Client { get; }

    public static async Task<GatewayHost> StartAsync(Action<GatewayOptions>? configure = null, IPAddress? listen = null)
    {
        var responses = new ScriptedResponses();
        var models = new ModelList();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen ?? IPAddress.Loopback, 0));
        builder.Services.AddSingleton(GrainDoubles.Create(responses, models));
        builder.Services.AddSingleton(new Sidecar(new Uri("http://127.0.0.1:9")));
        builder.AddPlatformGateway(configure ?? WithKey);
        var app = builder.Build();
        app.MapPlatformGateway();
        await app.StartAsync();
        return new GatewayHost(app, responses, models);
    }

    public static void WithKey(GatewayOptions options) =>
        options.Keys.Add(new ApiKeyOptions { Name = "test", Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key))) });

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> AnswerAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The data of a stream's events, in order.</summary>
    public async Task<IReadOnlyList<string>> StreamAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return Data(text);
    }

    public static IReadOnlyList<string> Data(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..])];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
