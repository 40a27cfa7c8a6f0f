using Microsoft.Extensions.DependencyInjection;
using Platform.Cli.Embedded;
using Platform.Contracts;
using Platform.Contracts.Directory;
using Platform.Text;

namespace Conformance.ScriptedDecoder;

/// <summary>The embedded platform with scripted decoders in the real one's place; everything else is the real thing.</summary>
public sealed class ScriptedPlatform : IAsyncDisposable
{
    private ScriptedPlatform(EmbeddedPlatform platform, ScriptedDecoders decoders)
    {
        Platform = platform;
        Decoders = decoders;
    }

    public EmbeddedPlatform Platform { get; }

    public ScriptedDecoders Decoders { get; }

    /// <summary>Starts it with one or more decoders.</summary>
    /// <param name="modelDirectory">Tokenizer files (and chat template, if any).</param>
    /// <param name="decoders">The decoders.</param>
    /// <param name="change">Changes the platform's options.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<ScriptedPlatform> StartAsync(
        string modelDirectory,
        IEnumerable<ScriptedDecoder> decoders,
        Func<EmbeddedOptions, EmbeddedOptions>? change = null,
        CancellationToken cancellationToken = default)
    {
        var scripted = new ScriptedDecoders();
        foreach (var decoder in decoders)
            scripted.Add(decoder);
        var options = new EmbeddedOptions
        {
            ModelDirectory = modelDirectory,
            IncludeDecoder = false,
            ConfigureLogging = static _ => { },
            ConfigureServices = services => services.AddSingleton(scripted).AddHostedService<ScriptedHeartbeats>(),
            MapServices = endpoints => Map(endpoints, scripted),
        };
        var platform = await EmbeddedPlatform.StartAsync(change?.Invoke(options) ?? options, progress: null, cancellationToken);
        return new ScriptedPlatform(platform, scripted);
    }

    /// <summary>Adds a decoder while the platform runs, or renews one's registration at once.</summary>
    public async Task RegisterAsync(ScriptedDecoder decoder, CancellationToken cancellationToken = default)
    {
        Decoders.Add(decoder);
        var silo = new DecoderDirectory.DecoderDirectoryClient(Platform.Sidecar.For(AppIds.Silo));
        await ScriptedHeartbeats.BeatAsync(
            silo, decoder, Platform.Services.GetRequiredService<Tokenizer>().IdCount, cancellationToken);
    }

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    private static void Map(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder endpoints, ScriptedDecoders scripted) =>
        Microsoft.AspNetCore.Builder.GrpcEndpointRouteBuilderExtensions.MapGrpcService<ScriptedDecodingService>(endpoints).ServedBy(scripted.Has);
}
