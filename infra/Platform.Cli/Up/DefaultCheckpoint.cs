using Platform.Model;

namespace Platform.Cli.Up;

/// <summary>What is served when no checkpoint is named: a small random one, written once into the data folder.</summary>
internal static class DefaultCheckpoint
{
    private const string Shape = "tiny-moe-vl";
    private const ulong Seed = 1;

    /// <summary>Its folder, written now if it is not there yet.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="progress">Told the written part, 0 to 1.</param>
    /// <param name="cancellationToken">Stops writing; nothing is left behind.</param>
    public static string Ensure(string dataFolder, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var folder = Folder(dataFolder);
        if (Exists(dataFolder))
            return folder;
        var vocabulary = BundledVocabulary.Tiny35;
        RandomCheckpoint.Write(
            folder, vocabulary.Apply(ReleasedShapes.Get(Shape)), new RandomCheckpointOptions { Seed = Seed, Vocabulary = vocabulary }, progress, cancellationToken);
        return folder;
    }

    /// <summary>Whether it is there.</summary>
    public static bool Exists(string dataFolder) => File.Exists(Path.Combine(Folder(dataFolder), "config.json"));

    private static string Folder(string dataFolder) => Path.Combine(dataFolder, "checkpoints", $"{Shape}-random");
}
