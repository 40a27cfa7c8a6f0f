namespace Platform.Model.Pictures;

/// <summary>Which colour stands under a GIF's transparent pixels. The codec leaves them black, but dropping alpha must show the stored
/// palette entry, as for every other format.</summary>
internal static class GifTransparency
{
    private const int ScreenBytes = 13;
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte ImageDescriptor = 0x2C;

    /// <summary>The first frame's transparent palette entry, or the background entry where it has none; null where the file is no GIF
    /// or its palette lacks the entry.</summary>
    public static RgbColour? ColourUnder(ReadOnlySpan<byte> file)
    {
        if (file.Length < ScreenBytes || !file.StartsWith("GIF8"u8))
            return null;

        var palette = Palette(file, ScreenBytes, file[10]);
        var entry = (int)file[11];
        var at = ScreenBytes + palette.Length;
        while (at < file.Length)
        {
            if (file[at] == ImageDescriptor)
                return Entry(FramePalette(file, at, palette), entry);
            if (file[at] != Extension || at + 2 >= file.Length)
                return null;

            if (file[at + 1] == GraphicControl && at + 6 < file.Length && (file[at + 3] & 1) != 0)
                entry = file[at + 6];
            at = AfterSubBlocks(file, at + 2);
        }

        return null;
    }

    private static ReadOnlySpan<byte> FramePalette(ReadOnlySpan<byte> file, int descriptor, ReadOnlySpan<byte> global)
    {
        if (descriptor + 9 >= file.Length)
            return global;
        var local = Palette(file, descriptor + 10, file[descriptor + 9]);
        return local.IsEmpty ? global : local;
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> file, int start, byte flags)
    {
        if ((flags & 0x80) == 0)
            return [];
        var bytes = 3 << ((flags & 7) + 1);
        return start + bytes <= file.Length ? file.Slice(start, bytes) : [];
    }

    private static int AfterSubBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length && file[at] != 0)
            at += file[at] + 1;
        return at + 1;
    }

    private static RgbColour? Entry(ReadOnlySpan<byte> palette, int entry) =>
        entry * 3 + 2 < palette.Length ? new RgbColour(palette[entry * 3], palette[entry * 3 + 1], palette[entry * 3 + 2]) : null;
}
