using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Bench;

/// <summary>The checkpoint that is measured: a folder, or a random one of a shape, written once into the data folder.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Name">What reports call it.</param>
internal sealed record BenchCheckpoint(string Folder, string Name)
{
    /// <summary>Finds it, or writes it now.</summary>
    /// <param name="shapeOrFolder">A shape's name, or a checkpoint's folder.</param>
    /// <param name="dataFolder">Where random checkpoints are kept.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="cancellationToken">Stops writing; nothing is left behind.</param>
    /// <exception cref="ArgumentException">Neither a folder nor a known shape.</exception>
    public static BenchCheckpoint Ensure(string shapeOrFolder, string dataFolder, Action<string> progress, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(shapeOrFolder, "config.json")))
            return new BenchCheckpoint(shapeOrFolder, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(shapeOrFolder))));
        var config = BenchShapes.Get(shapeOrFolder);
        var name = shapeOrFolder.ToLowerInvariant();
        var folder = Path.Combine(dataFolder, "checkpoints", $"{name}-bench");
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            var told = -1;
            RandomCheckpoint.Write(
                folder,
                config,
                new RandomCheckpointOptions { WithoutTokenizer = true },
                new Reporter<double>(part =>
                {
                    var percent = (int)(part * 10) * 10;
                    if (percent != told)
                        progress($"Writing a random checkpoint of shape {name}, once: {told = percent} %");
                }),
                cancellationToken);
        }

        return new BenchCheckpoint(folder, name);
    }

    /// <summary>Loads it.</summary>
    public LoadedModel Load(TextModelOptions options, bool withDraftHead, Action<string> progress, CancellationToken cancellationToken)
    {
        var told = -1;
        return LoadedModel.Load(
            Folder,
            Name,
            options,
            withDraftHead,
            new Reporter<LoadProgress>(loaded =>
            {
                var percent = (int)(loaded.DoneBytes * 10 / Math.Max(1, loaded.TotalBytes)) * 10;
                if (percent != told)
                    progress($"Loading {Name}: {told = percent} %");
            }),
            cancellationToken);
    }
}
