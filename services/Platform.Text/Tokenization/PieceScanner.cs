using static Platform.Text.CharacterClasses;

namespace Platform.Text;

/// <summary>
/// Cuts well-formed, normalised text into pieces, one look per character. Tries, at each position: an English contraction; a word with at most
/// one other character before it; one number; symbols with at most one space before and line breaks after; white space up to its last line
/// break; white space but for the last character before something else; white space.
/// </summary>
internal readonly struct PieceScanner(SplitRule rule)
{
    private readonly byte _word = rule == SplitRule.Qwen35 ? (byte)(Letter | Mark) : Letter;

    /// <summary>Where the piece that begins at <paramref name="start"/> ends. Always past the start.</summary>
    public int PieceEnd(ReadOnlySpan<char> text, int start)
    {
        var first = text[start];
        if (first == '\'' && ContractionLength(text, start) is > 0 and var length)
            return start + length;

        var kind = At(text, start, out var units);
        var second = start + units;
        if ((kind & _word) != 0)
            return RunEnd(text, second, _word);
        if ((kind & (LineBreak | Number)) == 0 && second < text.Length && (At(text, second, out var wordUnits) & _word) != 0)
            return RunEnd(text, second + wordUnits, _word);
        if ((kind & Number) != 0)
            return second;

        var symbols = first == ' ' ? second : start;
        var symbolsEnd = SymbolsEnd(text, symbols);
        return symbolsEnd > symbols ? LineBreaksEnd(text, symbolsEnd) : WhiteSpaceEnd(text, start);
    }

    private static int ContractionLength(ReadOnlySpan<char> text, int start)
    {
        if (start + 1 >= text.Length)
            return 0;
        var first = Lower(text[start + 1]);
        // U+017F (long s) is another case of s.
        if (first is 's' or 't' or 'm' or 'd' or '\u017F')
            return 2;
        if (start + 2 >= text.Length)
            return 0;
        return (first, Lower(text[start + 2])) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static char Lower(char character) => char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character;

    private static int RunEnd(ReadOnlySpan<char> text, int index, byte mask)
    {
        while (index < text.Length && (At(text, index, out var units) & mask) != 0)
            index += units;
        return index;
    }

    private int SymbolsEnd(ReadOnlySpan<char> text, int index)
    {
        var others = (byte)(_word | Space | Number);
        while (index < text.Length && (At(text, index, out var units) & others) == 0)
            index += units;
        return index;
    }

    private static int LineBreaksEnd(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && text[index] is '\r' or '\n')
            index++;
        return index;
    }

    /// <summary>All white space lies in the basic plane, so a character is one unit here.</summary>
    private static int WhiteSpaceEnd(ReadOnlySpan<char> text, int start)
    {
        var end = RunEnd(text, start, Space);
        var lastBreak = text[start..end].LastIndexOfAny('\r', '\n');
        if (lastBreak >= 0)
            return start + lastBreak + 1;
        return end == text.Length || end - start == 1 ? end : end - 1;
    }
}
