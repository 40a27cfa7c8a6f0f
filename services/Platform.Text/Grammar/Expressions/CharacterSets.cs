using System.Globalization;

namespace Platform.Text.Grammar;

/// <summary>
/// The classes of regular expressions. Dialects differ on whether <c>\d</c>, <c>\w</c> and <c>\s</c> are ASCII or Unicode; so a class stands
/// for what all of them accept: ASCII where it is asked for, nothing of Unicode's where it is excluded.
/// </summary>
internal static class CharacterSets
{
    private static readonly Lazy<CodePointSet> UnicodeDigits = new(() => CodePointSet.Where(
        c => c > 0x7F && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber));

    private static readonly Lazy<CodePointSet> UnicodeWords = new(() => CodePointSet.Where(c => c > 0x7F && IsWord(c)));

    private static readonly Lazy<CodePointSet> UnicodeSpaces = new(() => CodePointSet.Where(
        c => c is > 0x7F and <= 0xFFFF && (char.IsWhiteSpace((char)c) || c is 0xFEFF or 0x180E or 0x200B)));

    /// <summary>What stands in a class for one of d, w, s: what every dialect accepts.</summary>
    public static CodePointSet Accepted(char name) => name switch
    {
        'd' => CodePointSet.Of([('0', '9')]),
        'w' => CodePointSet.Of([('0', '9'), ('a', 'z'), ('A', 'Z'), ('_', '_')]),
        _ => CodePointSet.Of([('\t', '\r'), (' ', ' ')]),
    };

    /// <summary>What some dialect accepts, so that it must be left out where the class is excluded.</summary>
    public static CodePointSet Possible(char name) => Accepted(name).Or(name switch
    {
        'd' => UnicodeDigits.Value,
        'w' => UnicodeWords.Value,
        // Some take the separators 1C to 1F and the next line for white space.
        _ => UnicodeSpaces.Value.Or(CodePointSet.Of([(0x1C, 0x1F), (0x85, 0x85)])),
    });

    /// <summary>What <c>.</c> stands for: no dialect accepts these line ends everywhere.</summary>
    public static CodePointSet AnyButLineEnds { get; } =
        CodePointSet.Of([('\n', '\n'), ('\r', '\r'), (0x85, 0x85), (0x2028, 0x2029)]).Not();

    private static bool IsWord(int character) => CharUnicodeInfo.GetUnicodeCategory(character) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.ConnectorPunctuation
        or UnicodeCategory.Format;
}
