using System.Security.Cryptography;
using System.Text;

namespace Platform.Engine;

/// <summary>The beginning of a file of packed weights: what it holds, for which model, and the hash of every piece of it.</summary>
/// <remarks>
/// Layout, little-endian: 8 bytes of magic, a 32-bit version, the header's length, the header, its SHA-256; zeros up to
/// <see cref="PayloadStart"/>; the matrices, each at a multiple of 64; nothing behind the last one. The payload is hashed in pieces of
/// <see cref="PieceBytes"/>.
/// </remarks>
/// <param name="Key">Which model, in which form.</param>
/// <param name="FileBytes">Length of the whole file.</param>
/// <param name="Entries">The matrices in the order they were packed.</param>
/// <param name="PieceHashes">One for each piece of the payload.</param>
internal sealed record PackedHeader(string Key, long FileBytes, IReadOnlyList<PackedEntry> Entries, ulong[] PieceHashes)
{
    /// <summary>Raised when the file's or a matrix's layout changes.</summary>
    public const int Version = 1;

    /// <summary>Bytes that are hashed together.</summary>
    public const int PieceBytes = 4 << 20;

    private const ulong Magic = 0x6B636170_74616C70;       // "platpack"
    private const int PrefixBytes = sizeof(ulong) + 2 * sizeof(int);
    private const long HugePage = 2 << 20;
    private const int MaxHeaderBytes = 256 << 20;
    private const int MaxEntries = 1 << 22;

    /// <summary>Where the payload begins, given the header's own length: at a huge page's border.</summary>
    public static long PayloadStart(int headerBytes) => (PrefixBytes + headerBytes + SHA256.HashSizeInBytes + HugePage - 1) / HugePage * HugePage;

    /// <summary>Pieces in a payload.</summary>
    public static int Pieces(long payloadBytes) => (int)((payloadBytes + PieceBytes - 1) / PieceBytes);

    /// <summary>Length of the serialised header; does not depend on offsets and hashes.</summary>
    public int SerializedBytes => Serialize().Length;

    /// <summary>Writes everything that comes before the payload.</summary>
    public void Write(Stream file)
    {
        var header = Serialize();
        using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(header.Length);
        writer.Write(header);
        writer.Write(SHA256.HashData(header));
    }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="file">At its beginning.</param>
    /// <param name="key">The key that it must have.</param>
    /// <exception cref="InvalidDataException">It is no such file, another version's, another model's, or damaged; the message says which.</exception>
    public static PackedHeader Read(Stream file, string key)
    {
        using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
        try
        {
            Require(reader.ReadUInt64() == Magic, "it is no file of packed weights");
            var version = reader.ReadInt32();
            Require(version == Version, $"its layout is version {version}, not {Version}");
            var length = reader.ReadInt32();
            Require(length is > 0 and <= MaxHeaderBytes && length <= file.Length, "its header has an impossible length");
            var header = reader.ReadBytes(length);
            Require(SHA256.HashData(header).AsSpan().SequenceEqual(reader.ReadBytes(SHA256.HashSizeInBytes)), "its header is damaged");
            var parsed = Parse(header);
            Require(parsed.Key == key, $"it is packed for {parsed.Key}");
            Require(parsed.FileBytes == file.Length, $"it has {file.Length} bytes instead of {parsed.FileBytes}");
            return parsed;
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("it ends within its header");
        }
    }

    private static PackedHeader Parse(byte[] header)
    {
        using var reader = new BinaryReader(new MemoryStream(header), Encoding.UTF8);
        var (key, fileBytes, count) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
        Require(count is >= 0 and <= MaxEntries, $"it says that it holds {count} matrices");
        var entries = new List<PackedEntry>();
        for (var i = 0; i < count; i++)
        {
            entries.Add(new PackedEntry(
                reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), Storage(reader.ReadString()), reader.ReadInt64(), reader.ReadInt64()));
        }

        Require(entries.DistinctBy(entry => entry.Name).Count() == entries.Count, "it names a matrix twice");
        var start = PayloadStart(header.Length);
        Require(entries.All(entry => entry.Offset >= start && entry.Bytes > 0 && entry.Offset <= fileBytes - entry.Bytes), "a matrix lies outside it");
        var pieces = new ulong[Pieces(fileBytes - start)];
        for (var i = 0; i < pieces.Length; i++)
            pieces[i] = reader.ReadUInt64();
        return new PackedHeader(key, fileBytes, entries, pieces);
    }

    private static Kernels.PanelStorage Storage(string name) => Enum.TryParse<Kernels.PanelStorage>(name, out var storage)
        ? storage
        : throw new InvalidDataException($"it holds matrices of an unknown form, '{name}'");

    private byte[] Serialize()
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Key);
        writer.Write(FileBytes);
        writer.Write(Entries.Count);
        foreach (var entry in Entries)
        {
            writer.Write(entry.Name);
            writer.Write(entry.Outputs);
            writer.Write(entry.Inputs);
            writer.Write(entry.Storage.ToString());
            writer.Write(entry.Offset);
            writer.Write(entry.Bytes);
        }

        foreach (var hash in PieceHashes)
            writer.Write(hash);
        writer.Flush();
        return bytes.ToArray();
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
            throw new InvalidDataException(problem);
    }
}
