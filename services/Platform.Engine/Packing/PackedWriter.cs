using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Writes packed matrices to a file: to a temporary one first, on the disk, then renamed, so that a file under its final name is whole.
/// Two processes may write the same one at once; the last rename stands and both wrote the same.</summary>
internal static class PackedWriter
{
    private const int Alignment = 64;

    /// <summary>Bytes that a file of these matrices has.</summary>
    public static long FileBytes(string key, IReadOnlyList<(string Name, PackedMatrix Matrix)> matrices) => Layout(key, matrices).FileBytes;

    /// <summary>Writes it.</summary>
    /// <param name="path">Final name; its folder exists.</param>
    /// <param name="key">Which model, in which form.</param>
    /// <param name="matrices">In the order they were packed.</param>
    /// <param name="written">Told the bytes written so far.</param>
    /// <param name="cancellationToken">Ends writing; nothing is left behind.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(
        string path, string key, IReadOnlyList<(string Name, PackedMatrix Matrix)> matrices, Action<long>? written, CancellationToken cancellationToken)
    {
        var layout = Layout(key, matrices);
        var temporary = $"{path}.{Guid.NewGuid():N}{PackedFolder.TemporarySuffix}";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                var payload = new PiecewiseStream(file, PackedHeader.PayloadStart(layout.SerializedBytes));
                for (var i = 0; i < matrices.Count; i++)
                {
                    payload.PadTo(layout.Entries[i].Offset);
                    for (long at = 0; at < matrices[i].Matrix.Bytes; at += PackedHeader.PieceBytes)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        payload.Append(matrices[i].Matrix.PackedBytes(at, (int)Math.Min(PackedHeader.PieceBytes, matrices[i].Matrix.Bytes - at)));
                        written?.Invoke(payload.Position);
                    }
                }

                payload.Finish();
                file.Position = 0;
                (layout with { PieceHashes = payload.Hashes }).Write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static PackedHeader Layout(string key, IReadOnlyList<(string Name, PackedMatrix Matrix)> matrices)
    {
        // The header's length does not depend on the offsets, but on the number of pieces, which the length of the payload gives.
        var (entries, end) = (new List<PackedEntry>(), 0L);
        foreach (var (name, matrix) in matrices)
        {
            entries.Add(new PackedEntry(name, matrix.Outputs, matrix.Inputs, matrix.Storage, end, matrix.Bytes));
            end = (end + matrix.Bytes + Alignment - 1) / Alignment * Alignment;
        }

        var payload = entries.Count == 0 ? 0 : entries[^1].Offset + entries[^1].Bytes;
        var header = new PackedHeader(key, 0, entries, new ulong[PackedHeader.Pieces(payload)]);
        var start = PackedHeader.PayloadStart(header.SerializedBytes);
        return header with { FileBytes = start + payload, Entries = [.. entries.Select(entry => entry with { Offset = start + entry.Offset })] };
    }
}
