using Platform.Kernels;

namespace Platform.Engine;

/// <summary>An opened file of packed weights: every byte was checked, and its matrices lie in memory as they are in the file.</summary>
internal sealed class PackedFile : IDisposable
{
    private readonly MappedFile _map;
    private readonly Dictionary<string, PackedEntry> _entries;

    private PackedFile(MappedFile map, PackedHeader header)
    {
        _map = map;
        _entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>Maps a file and checks its header and the hash of every piece, which also brings all of it into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The key that it must have.</param>
    /// <param name="team">Checks.</param>
    /// <param name="progress">Told how many of how many bytes are checked.</param>
    /// <param name="cancellationToken">Ends checking.</param>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message completes "... because".</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PackedFile Open(
        string path, string key, WorkerTeam team, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        PackedHeader header;
        long start;
        using (var file = File.OpenRead(path))
        {
            header = PackedHeader.Read(file, key);
            start = PackedHeader.PayloadStart(header.SerializedBytes);
        }

        var map = new MappedFile(path);
        try
        {
            if (map.Bytes != header.FileBytes)
                throw new InvalidDataException("another process replaced it");
            Check(map, header, start, team, progress, cancellationToken);
            return new PackedFile(map, header);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>A matrix of the file, or null when it holds none of this name, shape and storage. The caller disposes it before the file.</summary>
    public PackedMatrix? Find(string name, int outputs, int inputs, PanelStorage storage)
    {
        if (!_entries.TryGetValue(name, out var entry) || entry.Outputs != outputs || entry.Inputs != inputs || entry.Storage != storage
            || entry.Bytes != PackedMatrix.BytesFor(outputs, inputs, storage))
            return null;
        return new PackedMatrix(outputs, inputs, storage, _map.View(entry.Offset, entry.Bytes));
    }

    public void Dispose() => _map.Dispose();

    private static void Check(
        MappedFile map, PackedHeader header, long start, WorkerTeam team, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        var job = new HashJob { Map = map, Header = header, Start = start, Damaged = new int[1] };
        var together = team.Threads * 8;
        for (var first = 0; first < header.PieceHashes.Length; first += together)
        {
            cancellationToken.ThrowIfCancellationRequested();
            job.First = first;
            team.Run(Math.Min(together, header.PieceHashes.Length - first), job);
            if (job.Damaged[0] > 0)
                throw new InvalidDataException($"{job.Damaged[0]} of its pieces are damaged");
            progress?.Invoke(Math.Min(start + (long)(first + together) * PackedHeader.PieceBytes, map.Bytes), map.Bytes);
        }
    }

    private struct HashJob : ITeamJob
    {
        public MappedFile Map;
        public PackedHeader Header;
        public long Start;
        public int First;
        public int[] Damaged;

        public readonly void Run(int task, int worker)
        {
            var offset = Start + (long)(First + task) * PackedHeader.PieceBytes;
            var bytes = (int)Math.Min(PackedHeader.PieceBytes, Map.Bytes - offset);
            if (PayloadHash.Of(Map.Span(offset, bytes)) != Header.PieceHashes[First + task])
                Interlocked.Increment(ref Damaged[0]);
        }
    }
}
