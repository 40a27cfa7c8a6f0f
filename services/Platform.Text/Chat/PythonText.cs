using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Python's <c>str()</c>, <c>repr()</c> and <c>str.strip()</c>, which the templates were written against.</summary>
internal static class PythonText
{
    /// <summary>White space for Python: Unicode's, and the four separators U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>Start and end (exclusive) of what <c>str.strip()</c> leaves of a stretch.</summary>
    public static (int Start, int End) Trim(string text, int start, int end)
    {
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return (start, end);
    }

    /// <summary><c>str(value)</c> of a parsed JSON value: strings raw, True, False, None, numbers as Python prints them.</summary>
    public static string Str(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return JsonText.String(value);
        var text = new StringBuilder();
        Repr(text, value);
        return text.ToString();
    }

    private static void Repr(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                ReprObject(text, value);
                break;
            case JsonValueKind.Array:
                ReprArray(text, value);
                break;
            case JsonValueKind.String:
                ReprString(text, JsonText.String(value));
                break;
            case JsonValueKind.Number:
                text.Append(PythonNumber.Str(value.GetRawText()));
                break;
            case JsonValueKind.True:
                text.Append("True");
                break;
            case JsonValueKind.False:
                text.Append("False");
                break;
            default:
                text.Append("None");
                break;
        }
    }

    private static void ReprObject(StringBuilder text, JsonElement value)
    {
        string separator = "{";
        foreach (var (name, inner) in JsonText.Properties(value))
        {
            text.Append(separator);
            ReprString(text, name);
            text.Append(": ");
            Repr(text, inner);
            separator = ", ";
        }

        text.Append(separator == "{" ? "{}" : "}");
    }

    private static void ReprArray(StringBuilder text, JsonElement value)
    {
        text.Append('[');
        string separator = string.Empty;
        foreach (var inner in value.EnumerateArray())
        {
            text.Append(separator);
            Repr(text, inner);
            separator = ", ";
        }

        text.Append(']');
    }

    private static void ReprString(StringBuilder text, string value)
    {
        char quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        foreach (var rune in value.EnumerateRunes())
            ReprRune(text, rune, quote);
        text.Append(quote);
    }

    private static void ReprRune(StringBuilder text, Rune rune, char quote)
    {
        int code = rune.Value;
        if (code == quote || code == '\\')
            text.Append('\\').Append((char)code);
        else if (code is '\n')
            text.Append("\\n");
        else if (code is '\r')
            text.Append("\\r");
        else if (code is '\t')
            text.Append("\\t");
        else if (IsPrintable(rune))
            text.Append(rune.ToString());
        else if (code <= 0xFF)
            text.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}");
        else if (code <= 0xFFFF)
            text.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
        else
            text.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}");
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
