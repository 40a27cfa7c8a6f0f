using System.Globalization;
using System.Text;

namespace Platform.Text.Grammar;

/// <summary>How this grammar spells JSON strings: as they are, except for what JSON demands to be escaped.</summary>
internal static class JsonSpelling
{
    /// <summary>A string with its quotes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            if (c is < ' ' or '"' or '\\')
                quoted.Append(Escape(c));
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>The escape of a quote, a backslash or a control character.</summary>
    public static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };
}
