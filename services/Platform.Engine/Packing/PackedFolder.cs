using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Finds, checks, writes and clears away files of packed weights. What goes wrong costs time, never a wrong number and never the start:
/// it is said in one line, and the weights are packed from the checkpoint.</summary>
/// <param name="options">Where.</param>
/// <param name="key">Which model, in which form.</param>
/// <param name="note">Told what was decided, in one line each.</param>
internal sealed class PackedFolder(PackedWeights options, string key, Action<string> note)
{
    /// <summary>Ending of files that are being written.</summary>
    public const string TemporarySuffix = ".writing";

    private const string Suffix = ".weights";
    private const long RoomToLeave = 1L << 30;

    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>The key of a model: its numerics id names checkpoint, formats and kernels.</summary>
    public static string KeyOf(string numericsId) => $"{numericsId}-w{PackedHeader.Version}";

    /// <summary>Opens the first file of this key, or returns null.</summary>
    public PackedFile? Open(WorkerTeam team, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        foreach (var path in options.Folders.Select(PathIn).Where(File.Exists))
        {
            try
            {
                var file = PackedFile.Open(path, key, team, progress, cancellationToken);
                MarkUsed(path);
                return file;
            }
            catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                note($"The packed weights in '{path}' are not used because {problem.Message.TrimEnd('.')}; the checkpoint is packed again.");
            }
        }

        return null;
    }

    /// <summary>Writes a file into the first folder that takes it.</summary>
    public void Save(IReadOnlyList<(string Name, PackedMatrix Matrix)> matrices, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        var bytes = PackedWriter.FileBytes(key, matrices);
        foreach (var folder in options.Folders)
        {
            try
            {
                Directory.CreateDirectory(folder);
                RemoveOld(folder, options.FilesPerFolder - 1);
                if (new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace is var free && free < bytes + RoomToLeave)
                {
                    note($"No packed weights are kept in '{folder}': they take {Gigabytes(bytes)} and its disk has {Gigabytes(free)} free, "
                        + $"of which {Gigabytes(RoomToLeave)} are left alone.");
                    continue;
                }

                PackedWriter.Write(PathIn(folder), key, matrices, written => progress?.Invoke(written, bytes), cancellationToken);
                return;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                note($"No packed weights are kept in '{folder}': {problem.Message}");
            }
        }
    }

    private static string Gigabytes(long bytes) => $"{bytes / 1e9:F1} GB";

    private string PathIn(string folder) =>
        Path.Combine(folder, string.Concat(key.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '_')) + Suffix);

    private void RemoveOld(string folder, int keep)
    {
        var files = new DirectoryInfo(folder).GetFiles($"*{Suffix}").Where(file => file.FullName != Path.GetFullPath(PathIn(folder)));
        foreach (var file in files.OrderByDescending(file => file.LastWriteTimeUtc).Skip(Math.Max(0, keep)))
            file.Delete();
        foreach (var file in new DirectoryInfo(folder).GetFiles($"*{TemporarySuffix}").Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > Abandoned))
            file.Delete();
    }

    private static void MarkUsed(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Somebody else's folder: it is up to them which files go first.
        }
    }
}
