using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Platform.Engine;

/// <summary>What a sequence's positions are called in the prefix cache: one number per position that stands for everything the model reads there.</summary>
/// <remarks>A token is its id and the offset of its rotary position; a position whose embedding comes from a picture or clip is 63 bits of a
/// SHA-256 over that embedding, its id and its rotary position, so equal ids with other pictures differ.</remarks>
internal sealed class PrefixKeys
{
    private const long MediaBit = long.MinValue;
    private static readonly PrefixKeys Text = new([], [], MropePositions.Text);

    private readonly int[] _indices;
    private readonly long[] _hashes;
    private readonly MropePositions _positions;

    private PrefixKeys(int[] indices, long[] hashes, MropePositions positions)
    {
        _indices = indices;
        _hashes = hashes;
        _positions = positions;
    }

    /// <summary>Hashes a request's pictures; any thread.</summary>
    public static PrefixKeys Of(SequenceRequest request)
    {
        var positions = request.Positions ?? MropePositions.Text;
        if (request.Media is null && positions.ListedCount == 0 && positions.Delta == 0)
            return Text;
        var indices = new List<int>();
        var hashes = new List<long>();
        for (var i = 0; i < request.PromptTokens.Length; i++)
        {
            var position = positions[i];
            var row = request.Media is { } media ? media.Row(i) : [];
            if (row.IsEmpty && position.Time == position.Height && position.Time == position.Width)
                continue;
            indices.Add(i);
            hashes.Add(HashOf(row, request.PromptTokens[i], position));
        }

        return new PrefixKeys([.. indices], [.. hashes], positions);
    }

    /// <summary>Whether a key stands for a part of a picture or clip.</summary>
    public static bool IsMedia(long key) => key < 0;

    /// <summary>Writes the keys of the first tokens.</summary>
    /// <param name="tokens">The sequence's tokens from its beginning.</param>
    /// <param name="keys">As long as <paramref name="tokens"/>.</param>
    public void Fill(ReadOnlySpan<int> tokens, Span<long> keys)
    {
        for (var i = 0; i < tokens.Length; i++)
            keys[i] = (uint)tokens[i];
        if (ReferenceEquals(this, Text))
            return;
        for (var i = 0; i < tokens.Length; i++)
            keys[i] |= (long)((_positions[i].Time - i) & int.MaxValue) << 32;
        for (var n = 0; n < _indices.Length && _indices[n] < tokens.Length; n++)
            keys[_indices[n]] = _hashes[n];
    }

    private static long HashOf(ReadOnlySpan<float> row, int token, MropePosition position)
    {
        Span<int> place = [token, position.Time, position.Height, position.Width];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(row));
        hash.AppendData(MemoryMarshal.AsBytes<int>(place));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return MemoryMarshal.Read<long>(digest) | MediaBit;
    }
}
