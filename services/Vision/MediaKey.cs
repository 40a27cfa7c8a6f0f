using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>Names a medium by everything that decides its embeddings and by who may see it.</summary>
internal static class MediaKey
{
    /// <summary>SHA-256 over salt, pixel hash, processor and numerics id, lower-case hexadecimal.</summary>
    public static string Of(string salt, ResizedMedia media, string numericsId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in (string[])[salt, media.PixelHash, media.Settings.Id, numericsId])
        {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
