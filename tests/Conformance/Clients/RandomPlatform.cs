using Conformance.Clients;
using Platform.Cli.Embedded;
using Platform.Engine;
using Platform.Model;

[assembly: AssemblyFixture(typeof(RandomPlatform))]

namespace Conformance.Clients;

/// <summary>The whole platform, engine included, on a small random checkpoint; started once for all tests of the clients.</summary>
public sealed class RandomPlatform : IAsyncDisposable
{
    public const string Model = "tiny-random";

    /// <summary>Tests that read its counters must not run beside others that use it.</summary>
    public const string Collection = "clients";

    private readonly Lazy<Task<EmbeddedPlatform>> _platform;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("random-platform");

    public RandomPlatform() => _platform = new Lazy<Task<EmbeddedPlatform>>(StartAsync);

    /// <summary>Where clients send requests: the address with <c>/v1</c>.</summary>
    public async Task<Uri> ApiAsync() => new((await _platform.Value).Address, "v1");

    /// <summary>The engine behind it.</summary>
    public async Task<InferenceEngine> EngineAsync() => (await _platform.Value).Engine;

    public async ValueTask DisposeAsync()
    {
        if (_platform.IsValueCreated)
            await (await _platform.Value).DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Task<EmbeddedPlatform> StartAsync()
    {
        var vocabulary = BundledVocabulary.Tiny35;
        var folder = Path.Combine(_folder.FullName, "checkpoint");
        RandomCheckpoint.Write(folder, vocabulary.Apply(ReleasedShapes.Get("tiny-moe")), new RandomCheckpointOptions { Seed = 1, Vocabulary = vocabulary });
        return EmbeddedPlatform.StartAsync(new EmbeddedOptions
        {
            ModelDirectory = folder,
            ModelName = Model,
            Engine = new EngineOptions { MaxSequences = 4, MaxContext = 65_536, Pages = 2_048 },
        });
    }
}
