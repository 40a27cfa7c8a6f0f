using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Engine;

/// <summary>The blob of a <see cref="SequenceSnapshot"/>: little-endian; magic, version, lengths, then the parts, then SHA-256 of everything before.</summary>
internal static class SnapshotFormat
{
    private const int HeaderBytes = 64;
    private const int Version = 1;
    private const int MaxNumericsIdBytes = 1024;

    private static ReadOnlySpan<byte> Magic => "P35STATE"u8;

    public static void Write(SequenceSnapshot snapshot, Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var numericsId = Encoding.UTF8.GetBytes(snapshot.NumericsId);
        var pageBytes = snapshot.Pages.Length == 0 ? 0 : snapshot.Pages[0].Length;

        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        Magic.CopyTo(header);
        ReadOnlySpan<int> lengths =
        [
            Version, numericsId.Length, snapshot.PromptTokens.Count, snapshot.GeneratedTokens.Count, snapshot.CachedLength, snapshot.Choice,
            snapshot.MediaHash.Length, snapshot.State.Length, snapshot.Pages.Length, pageBytes,
        ];
        for (var i = 0; i < lengths.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(header[(8 + 4 * i)..], lengths[i]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], snapshot.Seed);

        Put(header);
        Put(numericsId);
        Put(MemoryMarshal.AsBytes(snapshot.PromptTokens.ToArray().AsSpan()));
        Put(MemoryMarshal.AsBytes(snapshot.GeneratedTokens.ToArray().AsSpan()));
        Put(snapshot.MediaHash);
        Put(snapshot.State);
        foreach (var page in snapshot.Pages)
            Put(page);
        stream.Write(hash.GetHashAndReset());

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
    }

    public static SequenceSnapshot Read(Stream stream, long maxBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = Take(HeaderBytes);
        if (!header.AsSpan(0, 8).SequenceEqual(Magic) || Number(0) != Version)
            throw new SnapshotException("This is no sequence state of this version: its first bytes differ. Compute the sequence again.");
        var (idBytes, prompt, generated, cached, choice) = (Number(1), Number(2), Number(3), Number(4), Number(5));
        var (mediaBytes, stateBytes, pages, pageBytes) = (Number(6), Number(7), Number(8), Number(9));
        CheckLengths(idBytes, prompt, generated, mediaBytes, stateBytes, pages, pageBytes, maxBytes);
        if (cached < 0 || cached > (long)prompt + generated)
            throw new SnapshotException($"The state says it covers {cached} tokens but lists {prompt} + {generated}. Compute the sequence again.");

        var numericsId = Encoding.UTF8.GetString(Take(idBytes));
        var promptTokens = MemoryMarshal.Cast<byte, int>(Take(4 * prompt)).ToArray();
        var generatedTokens = MemoryMarshal.Cast<byte, int>(Take(4 * generated)).ToArray();
        var media = Take(mediaBytes);
        var state = Take(stateBytes);
        var pageList = new byte[pages][];
        for (var i = 0; i < pages; i++)
            pageList[i] = Take(pageBytes);

        var expected = hash.GetHashAndReset();
        if (!TakeUnhashed(expected.Length).AsSpan().SequenceEqual(expected))
            throw new SnapshotException("The state's hash does not match its bytes: it was damaged on its way. Compute the sequence again.");
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(48));
        return new SequenceSnapshot(numericsId, promptTokens, generatedTokens, cached, seed, choice, media, state, pageList);

        int Number(int index) => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8 + 4 * index));

        byte[] Take(int count)
        {
            var bytes = TakeUnhashed(count);
            hash.AppendData(bytes);
            return bytes;
        }

        byte[] TakeUnhashed(int count)
        {
            var bytes = new byte[count];
            if (stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) < count)
                throw new SnapshotException("The state ends too early: it was cut short on its way. Compute the sequence again.");
            return bytes;
        }
    }

    private static void CheckLengths(int id, int prompt, int generated, int media, int state, int pages, int pageBytes, long maxBytes)
    {
        if (id is < 0 or > MaxNumericsIdBytes || prompt < 1 || generated < 0 || media is not (0 or 32) || state < 0 || pages < 0 || pageBytes < 0
            || prompt > int.MaxValue / 4 || generated > int.MaxValue / 4)
            throw new SnapshotException("The state's header holds impossible lengths: it was damaged on its way. Compute the sequence again.");
        var total = HeaderBytes + (Int128)id + 4 * ((Int128)prompt + generated) + media + state + (Int128)pages * pageBytes + 32;
        if (total > maxBytes)
            throw new SnapshotException($"The state is {total} bytes long, but only {maxBytes} are expected. It was damaged, or the limit is too low.");
    }
}
