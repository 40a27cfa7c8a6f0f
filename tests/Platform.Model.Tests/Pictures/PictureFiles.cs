using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Platform.Model.Tests.Pictures;

/// <summary>Builds picture files byte by byte, so that tests can say exactly what is in them.</summary>
internal static class PictureFiles
{
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>PNG colour types.</summary>
    public const byte Rgb = 2, Rgba = 6;

    /// <summary>A PNG of unfiltered rows.</summary>
    public static byte[] Png(int width, int height, byte colourType, byte bitDepth, byte[] samples, params (string Type, byte[] Data)[] extra)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var stride = height == 0 ? 0 : samples.Length / height;
            for (var y = 0; y < height && stride > 0; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(samples, y * stride, stride);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bitDepth, colourType);
        return [.. PngSignature, .. Chunk("IHDR", header), .. extra.SelectMany(item => Chunk(item.Type, item.Data)), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>A PNG whose header promises a size and whose data is nearly empty.</summary>
    public static byte[] PngBomb(int width, int height) => Png(width, height, Rgb, 8, []);

    /// <summary>An EXIF block that holds an orientation and nothing else.</summary>
    public static byte[] Exif(byte orientation) =>
        [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>An animated WebP of one-colour frames, each over the whole canvas.</summary>
    public static byte[] AnimatedWebp(int width, int height, params (SKColor Colour, int Milliseconds)[] frames)
    {
        byte[] canvas = [0x02, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)];
        var body = new List<byte>([.. Encoding.ASCII.GetBytes("WEBP"), .. Riff("VP8X", canvas), .. Riff("ANIM", [0, 0, 0, 0, 0, 0])]);
        foreach (var (colour, milliseconds) in frames)
        {
            using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            bitmap.Erase(colour);
            using var pixels = bitmap.PeekPixels();
            using var encoded = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
            byte[] picture = encoded!.ToArray()[12..];
            body.AddRange(Riff("ANMF", [0, 0, 0, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1), .. UInt24(milliseconds), 2, .. picture]));
        }

        return Riff("RIFF", [.. body]);
    }

    /// <summary>A still WebP of the given RGB samples with an EXIF block.</summary>
    public static byte[] WebpWithExif(int width, int height, byte[] samples, byte orientation)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        samples.Chunk(3).SelectMany(pixel => pixel.Append((byte)255)).ToArray().CopyTo(bitmap.GetPixelSpan());
        using var pixels = bitmap.PeekPixels();
        using var encoded = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
        byte[] canvas = [0x08, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)];
        byte[] picture = encoded!.ToArray()[12..];
        return Riff("RIFF", [.. "WEBP"u8, .. Riff("VP8X", canvas), .. picture, .. Riff("EXIF", Exif(orientation))]);
    }

    /// <summary>A one-frame GIF, 2×1, black and <paramref name="entry1"/>, whose second pixel uses entry 1; that entry may be transparent.</summary>
    public static byte[] TwoPixelGif((byte R, byte G, byte B) entry1, bool transparent) =>
    [
        .. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, entry1.R, entry1.G, entry1.B,
        0x21, 0xF9, 4, (byte)(transparent ? 1 : 0), 0, 0, 1, 0,
        0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0,
        2, 2, 0b01_000_100, 0b0000_1010, 0, 0x3B,
    ];

    private static byte[] Riff(string type, byte[] data)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, data.Length);
        return [.. Encoding.ASCII.GetBytes(type), .. size, .. data, .. new byte[data.Length % 2]];
    }

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        var length = new byte[4];
        var check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc32(named));
        return [.. length, .. named, .. check];
    }

    private static uint Crc32(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }
}
