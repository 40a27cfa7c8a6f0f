namespace Platform.Text;

/// <summary>
/// The printable alphabet in which vocabularies write bytes: printable ASCII and Latin-1 stand for themselves, the other 68 bytes, in order, for
/// U+0100 and on.
/// </summary>
internal static class ByteAlphabet
{
    private const int Letters = 0x100 + 68;

    private static readonly short[] ByteOfLetter = BuildByteOfLetter();

    /// <summary>Writes the bytes that a token's UTF-8 spelling stands for; false if a character is not of the alphabet.</summary>
    /// <param name="spelling">UTF-8.</param>
    /// <param name="bytes">At least as long as the spelling.</param>
    /// <param name="count">How many bytes were written.</param>
    public static bool TryDecode(ReadOnlySpan<byte> spelling, Span<byte> bytes, out int count)
    {
        count = 0;
        for (var index = 0; index < spelling.Length; index++)
        {
            int letter = spelling[index];
            if (letter >= 0x80)
            {
                // All other letters lie below U+0800: two bytes.
                if (letter is < 0xC2 or > 0xDF || ++index >= spelling.Length || (spelling[index] & 0xC0) != 0x80)
                    return false;
                letter = ((letter & 0x1F) << 6) | (spelling[index] & 0x3F);
            }
            if (letter >= Letters || ByteOfLetter[letter] < 0)
                return false;
            bytes[count++] = (byte)ByteOfLetter[letter];
        }
        return true;
    }

    private static short[] BuildByteOfLetter()
    {
        var table = new short[Letters];
        Array.Fill(table, (short)-1);
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            table[printable ? value : next++] = (short)value;
        }
        return table;
    }
}
