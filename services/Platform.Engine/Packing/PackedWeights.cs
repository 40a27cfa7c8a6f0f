namespace Platform.Engine;

/// <summary>Where packed weights are kept between two starts. A file of them holds the matrices as the kernels read them; the next start maps it
/// instead of packing again.</summary>
public sealed record PackedWeights
{
    /// <summary>Packs anew at each start and keeps nothing.</summary>
    public static PackedWeights Off { get; } = new();

    /// <summary>Folders that may hold files, in order of preference; a new file goes into the first that can be written and has room. Missing
    /// ones are made. None: nothing is kept.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Files that a folder keeps, 1 to 1000; the one used longest ago goes first.</summary>
    public int FilesPerFolder { get; init; } = 3;

    /// <summary>Beside the checkpoint, or else in a data folder.</summary>
    public static PackedWeights In(string checkpointFolder, string dataFolder) =>
        new() { Folders = [Path.Combine(checkpointFolder, "packed"), Path.Combine(dataFolder, "packed")] };
}
