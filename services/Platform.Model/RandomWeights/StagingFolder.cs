namespace Platform.Model;

/// <summary>A folder beside the target in which a checkpoint is made, so that the target is never half a checkpoint. Removed unless published.</summary>
internal sealed class StagingFolder : IDisposable
{
    private readonly string _target;

    private StagingFolder(string target, string path)
    {
        _target = target;
        Path = path;
    }

    public string Path { get; }

    /// <exception cref="IOException">The target has files and may not be overwritten, or the folder cannot be made.</exception>
    public static StagingFolder For(string target, bool overwrite)
    {
        target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        if (File.Exists(target))
            throw new IOException($"'{target}' is a file; a checkpoint is a folder. Choose another path.");
        if (!overwrite && Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new IOException($"'{target}' is not empty. Choose another folder, or replace its checkpoint explicitly (--force).");

        var path = $"{target}.{Guid.NewGuid():N}.partial";
        Directory.CreateDirectory(path);
        return new StagingFolder(target, path);
    }

    /// <summary>Moves the files to the target, after removing the checkpoint files it held.</summary>
    public void Publish()
    {
        if (!Directory.Exists(_target))
        {
            Directory.Move(Path, _target);
            return;
        }

        foreach (var old in Directory.EnumerateFiles(_target).Where(CheckpointSideFiles.IsCheckpointFile).ToList())
            File.Delete(old);
        foreach (var file in Directory.EnumerateFiles(Path).ToList())
            File.Move(file, System.IO.Path.Combine(_target, System.IO.Path.GetFileName(file)), overwrite: true);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
