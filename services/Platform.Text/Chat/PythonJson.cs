using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Python's <c>json.dumps(value, ensure_ascii=False)</c> of a parsed JSON value.</summary>
internal static class PythonJson
{
    public static string Dumps(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, value);
                break;
            case JsonValueKind.Array:
                WriteArray(text, value);
                break;
            case JsonValueKind.String:
                WriteString(text, JsonText.String(value));
                break;
            case JsonValueKind.Number:
                text.Append(PythonNumber.Json(value.GetRawText()));
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement value)
    {
        text.Append('{');
        string separator = string.Empty;
        foreach (var (name, inner) in JsonText.Properties(value))
        {
            text.Append(separator);
            WriteString(text, name);
            text.Append(": ");
            Write(text, inner);
            separator = ", ";
        }

        text.Append('}');
    }

    private static void WriteArray(StringBuilder text, JsonElement value)
    {
        text.Append('[');
        string separator = string.Empty;
        foreach (var inner in value.EnumerateArray())
        {
            text.Append(separator);
            Write(text, inner);
            separator = ", ";
        }

        text.Append(']');
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\f' => text.Append("\\f"),
                '\b' => text.Append("\\b"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
