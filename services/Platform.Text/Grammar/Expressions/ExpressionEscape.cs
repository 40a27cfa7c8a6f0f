using System.Globalization;

namespace Platform.Text.Grammar;

/// <summary>Reads what follows a backslash in a regular expression.</summary>
internal static class ExpressionEscape
{
    /// <summary>The characters it stands for.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="at">After the backslash; afterwards, after the escape.</param>
    /// <param name="wrong">Makes the exception from what was found and the cure.</param>
    public static CodePointSet Read(string text, ref int at, Func<string, string, GrammarException> wrong)
    {
        if (at >= text.Length)
            throw wrong("a backslash with nothing after it", "Write it as \\\\.");
        char c = text[at++];
        switch (c)
        {
            case 'd' or 'w' or 's':
                return CharacterSets.Accepted(c);
            case 'D' or 'W' or 'S':
                return CharacterSets.Possible(char.ToLowerInvariant(c)).Not();
            case 'x':
                return Hexadecimal(text, ref at, 2, wrong);
            case 'u' when at < text.Length && text[at] == '{':
                return Braced(text, ref at, wrong);
            case 'u':
                return Hexadecimal(text, ref at, 4, wrong);
            case 'b' or 'B':
                throw wrong("a word boundary", "Write out what stands beside the word.");
            case 'p' or 'P':
                throw wrong("a Unicode category", "Write the ranges of characters that you want.");
            case >= '1' and <= '9' or 'k':
                throw wrong("a back reference", "Write out what may stand there.");
        }

        int simple = "tnrfv0".IndexOf(c, StringComparison.Ordinal);
        if (simple >= 0)
            return CodePointSet.One("\t\n\r\f\v\0"[simple]);
        if (char.IsAsciiLetterOrDigit(c) || c > '~')
            throw wrong($"the unknown escape \\{c}", "Remove the backslash.");
        return CodePointSet.One(c);
    }

    private static CodePointSet Hexadecimal(string text, ref int at, int digits, Func<string, string, GrammarException> wrong)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            throw wrong($"an escape that needs {digits} hexadecimal digits", "Write them all.");
        at += digits;
        if (char.IsHighSurrogate((char)code) && text.AsSpan(at).StartsWith("\\u") && at + 6 <= text.Length
            && int.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int low)
            && char.IsLowSurrogate((char)low))
        {
            at += 6;
            return CodePointSet.One(char.ConvertToUtf32((char)code, (char)low));
        }

        return Whole(code, wrong);
    }

    private static CodePointSet Braced(string text, ref int at, Func<string, string, GrammarException> wrong)
    {
        int end = text.IndexOf('}', at);
        if (end < 0 || end - at > 9
            || !int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            throw wrong("a \\u{ } without a hexadecimal number", "Write, for example, \\u{1F600}.");
        at = end + 1;
        return Whole(code, wrong);
    }

    private static CodePointSet Whole(int code, Func<string, string, GrammarException> wrong) =>
        code is >= 0 and <= CodePointSet.Highest and not (>= 0xD800 and <= 0xDFFF)
            ? CodePointSet.One(code)
            : throw wrong("a number that is no character", "Write a character from 0 to 10FFFF that is no surrogate.");
}
