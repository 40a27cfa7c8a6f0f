using Microsoft.Extensions.Logging;
using Platform.Cli.Embedded;
using Platform.Contracts;
using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;
using Platform.Engine;

namespace Services.Tests;

/// <summary>The embedded platform with the real decoder on the small end-to-end checkpoint; no gateway.</summary>
public sealed class RealPlatform : IAsyncLifetime
{
    private EmbeddedPlatform? _platform;

    public EmbeddedPlatform Platform => _platform ?? throw new InvalidOperationException("Not started.");

    public Tokenization.TokenizationClient Tokenizer => new(Platform.Sidecar.For(AppIds.Tokenizer));

    public Decoding.DecodingClient Decoder => new(Platform.Sidecar.For("decoder"));

    public static Task<EmbeddedPlatform> StartAsync(EngineOptions? engine = null) => EmbeddedPlatform.StartAsync(
        new EmbeddedOptions
        {
            ModelDirectory = Goldens.EndToEnd,
            ModelName = Goldens.Model,
            IncludeGateway = false,
            ConfigureLogging = static logging => logging.SetMinimumLevel(LogLevel.Error).AddConsole(),
            Model = new TextModelOptions { Threads = 1, MaxBatchedTokens = 128 },
            Engine = engine ?? new EngineOptions { MaxSequences = 4, Pages = 256 },
        },
        progress: null,
        TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync() => _platform = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
    }
}
