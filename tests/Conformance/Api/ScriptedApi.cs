using System.Text;
using System.Text.Json;
using Conformance.ScriptedDecoder;

namespace Conformance.Api;

/// <summary>The whole platform behind its HTTP API, with a scripted decoder in the model's place.</summary>
public sealed class ScriptedApi : IAsyncLifetime
{
    public const string Model = "tiny35";

    private ScriptedPlatform _platform = null!;

    public ScriptedDecoder.ScriptedDecoder Decoder { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => _platform.Platform.Address;

    public async ValueTask InitializeAsync()
    {
        Decoder = new ScriptedDecoder.ScriptedDecoder("decoder-scripted", Model, _ => new ScriptedReply("Hello"));
        _platform = await ScriptedPlatform.StartAsync(TokenizerFixture.Tiny35Directory, [Decoder]);
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _platform.DisposeAsync();
    }

    /// <summary>Every reply from now on is this one.</summary>
    public void Plays(string text) => Decoder.Script = _ => new ScriptedReply(text);

    public void Plays(ScriptedReply reply) => Decoder.Script = _ => reply;

    /// <summary>A chat of one message; <paramref name="more"/> are further fields, each with a comma before it.</summary>
    public static string Chat(string more = "", string user = "hi") =>
        $$"""{"model":"{{Model}}","messages":[{"role":"user","content":{{JsonSerializer.Serialize(user)}}}]{{more}}}""";

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> AnswerAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The chunks of a stream that ends with <c>[DONE]</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> StreamAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var data = Data(await response.Content.ReadAsStringAsync());
        Assert.Equal("[DONE]", data[^1]);
        return [.. data.SkipLast(1).Select(chunk => JsonDocument.Parse(chunk).RootElement)];
    }

    public static IReadOnlyList<string> Data(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..])];
}
