namespace Platform.Text.Grammar;

/// <summary>Finds the tag that closes a thinking block, byte by byte.</summary>
internal static class ThinkingTag
{
    private static ReadOnlySpan<byte> Closing => "</think>"u8;

    /// <summary>Bytes of the tag.</summary>
    public const int Length = 8;

    /// <summary>Reads bytes until the tag is complete.</summary>
    /// <param name="bytes">What comes next.</param>
    /// <param name="progress">Bytes of the tag read before and, afterwards, after; <see cref="Length"/> once it is complete.</param>
    /// <returns>How many bytes were read: all, or up to the end of the tag.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, ref int progress)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            // No proper end of the tag is a beginning of it, other than nothing.
            if (bytes[i] == Closing[progress])
                progress++;
            else
                progress = bytes[i] == Closing[0] ? 1 : 0;
            if (progress == Length)
                return i + 1;
        }

        return bytes.Length;
    }
}
