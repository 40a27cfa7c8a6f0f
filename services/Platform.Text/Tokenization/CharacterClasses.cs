using System.Globalization;

namespace Platform.Text;

/// <summary>The Unicode classes that the split rules speak of, as bit flags per code point.</summary>
internal static class CharacterClasses
{
    public const byte Letter = 1;
    public const byte Mark = 2;
    public const byte Number = 4;
    public const byte Space = 8;
    public const byte LineBreak = 16;

    /// <summary>Set for UTF-16 surrogates in the table: look at the pair.</summary>
    private const byte Surrogate = 128;

    private static readonly byte[] BasicPlane = BuildBasicPlane();

    /// <summary>The class of the code point at an index of well-formed UTF-16 text, and how many units it takes.</summary>
    public static byte At(ReadOnlySpan<char> text, int index, out int units)
    {
        var flags = BasicPlane[text[index]];
        units = 1;
        if (flags != Surrogate)
            return flags;
        units = 2;
        return Of(char.ConvertToUtf32(text[index], text[index + 1]));
    }

    private static byte Of(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Letter,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Mark,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
        _ => 0,
    };

    private static byte[] BuildBasicPlane()
    {
        var table = new byte[0x10000];
        for (var unit = 0; unit < table.Length; unit++)
        {
            var character = (char)unit;
            table[unit] = char.IsSurrogate(character) ? Surrogate
                : character is '\r' or '\n' ? (byte)(Space | LineBreak)
                : char.IsWhiteSpace(character) ? Space
                : Of(unit);
        }
        return table;
    }
}
