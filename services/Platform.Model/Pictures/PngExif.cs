using System.Buffers.Binary;
using SkiaSharp;

namespace Platform.Model.Pictures;

/// <summary>The EXIF orientation of a PNG, which the codec does not read itself.</summary>
internal static class PngExif
{
    private const int SignatureBytes = 8;
    private const int ChunkOverhead = 12;
    private const int TiffHeaderBytes = 8;
    private const int EntryBytes = 12;
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;

    /// <summary>The orientation in the first <c>eXIf</c> chunk; upright where there is none or it is damaged.</summary>
    public static SKEncodedOrigin Orientation(ReadOnlySpan<byte> file)
    {
        var at = SignatureBytes;
        while (at + ChunkOverhead <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - ChunkOverhead)
                break;
            if (file.Slice(at + 4, 4).SequenceEqual("eXIf"u8))
                return InTiff(file.Slice(at + 8, (int)length));
            at += ChunkOverhead + (int)length;
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static SKEncodedOrigin InTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < TiffHeaderBytes || !(tiff.StartsWith("MM"u8) || tiff.StartsWith("II"u8)))
            return SKEncodedOrigin.TopLeft;

        var bigEndian = tiff[0] == 'M';
        var directory = UInt32(tiff[4..], bigEndian);
        if (directory > tiff.Length - 2)
            return SKEncodedOrigin.TopLeft;

        var entries = UInt16(tiff[(int)directory..], bigEndian);
        for (var at = (int)directory + 2; entries > 0 && at + EntryBytes <= tiff.Length; entries--, at += EntryBytes)
        {
            if (UInt16(tiff[at..], bigEndian) != OrientationTag || UInt16(tiff[(at + 2)..], bigEndian) != ShortType)
                continue;
            var value = UInt16(tiff[(at + 8)..], bigEndian);
            return value is >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.TopLeft;
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
