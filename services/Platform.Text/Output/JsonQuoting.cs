using System.Globalization;
using System.Text;

namespace Platform.Text.Output;

/// <summary>Writes text as the inside of a JSON string.</summary>
internal static class JsonQuoting
{
    private const string Escaped = "\"\\";

    public static string Quote(string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
            Append(json, c);
        return json.Append('"').ToString();
    }

    public static void Append(StringBuilder json, char c)
    {
        if (c >= ' ' && !Escaped.Contains(c))
        {
            json.Append(c);
            return;
        }

        _ = c switch
        {
            '"' => json.Append("\\\""),
            '\\' => json.Append("\\\\"),
            '\n' => json.Append("\\n"),
            '\r' => json.Append("\\r"),
            '\t' => json.Append("\\t"),
            _ => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        };
    }
}
