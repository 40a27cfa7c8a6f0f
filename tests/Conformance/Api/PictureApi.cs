using System.Text;
using System.Text.Json;
using Platform.Cli.Embedded;
using Platform.Engine;
using Platform.Model;

namespace Conformance.Api;

/// <summary>The whole platform with a small random checkpoint that has a vision tower.</summary>
public sealed class PictureApi : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("picture-api");
    private EmbeddedPlatform _platform = null!;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var model = Path.Combine(_folder.FullName, "tiny-moe-vl");
        RandomCheckpoint.Write(model, ReleasedShapes.Get("tiny-moe-vl"), new RandomCheckpointOptions { Seed = 3, Vocabulary = BundledVocabulary.Tiny35 });
        _platform = await EmbeddedPlatform.StartAsync(new EmbeddedOptions
        {
            ModelDirectory = model,
            ConfigureLogging = static _ => { },
            Model = new TextModelOptions { Threads = 1, MaxBatchedTokens = 128 },
            Engine = new EngineOptions { MaxSequences = 4, Pages = 256 },
        });
        Client = new HttpClient { BaseAddress = _platform.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _platform.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Asks about one part beside a text. Returns the status and the answer.</summary>
    public async Task<(int Status, JsonElement Answer)> AskAsync(string part)
    {
        var body = $$"""{"model":"tiny-moe-vl","max_tokens":2,"messages":[{"role":"user","content":[{"type":"text","text":"see"},{{part}}]}]}""";
        using var response = await Client.PostAsync("/v1/chat/completions", new StringContent(body, Encoding.UTF8, "application/json"));
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
