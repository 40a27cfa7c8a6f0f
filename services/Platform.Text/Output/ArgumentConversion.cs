using System.Text;
using System.Text.Json;

namespace Platform.Text.Output;

/// <summary>Turns the text of a parameter into JSON of a type its schema allows; digits stay as written.</summary>
internal static class ArgumentConversion
{
    private const int MaxDepth = 128;

    /// <summary>JSON of the value: other types are tried on the trimmed text first, a string of the whole text is the last resort.</summary>
    public static string ToJson(string text, ParameterTypes types)
    {
        string trimmed = Characters.Trim(text).ToString();
        if (types.HasFlag(ParameterTypes.Null) && trimmed is "null" or "None")
            return "null";
        if (types.HasFlag(ParameterTypes.Boolean) && Truth(trimmed) is { } truth)
            return truth ? "true" : "false";
        if (types.HasFlag(ParameterTypes.Number) && IsNumber(trimmed))
            return trimmed;
        if ((types & (ParameterTypes.Structure | ParameterTypes.Untyped)) != 0 && IsStructure(trimmed))
            return trimmed;
        if (types.HasFlag(ParameterTypes.Structure) && PythonLiteral.ToJson(trimmed, MaxDepth) is { } json)
            return json;
        return JsonQuoting.Quote(text);
    }

    /// <summary>Whether the whole text is one JSON number.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text.StartsWith('-'))
            text = text[1..];
        int whole = Digits(text);
        if (whole == 0 || (whole > 1 && text[0] == '0'))
            return false;
        text = text[whole..];
        if (text.StartsWith('.') && !Skip(ref text, 1))
            return false;
        if (text.Length > 0 && text[0] is 'e' or 'E' && !Skip(ref text, text.Length > 1 && text[1] is '+' or '-' ? 2 : 1))
            return false;
        return text.IsEmpty;
    }

    private static bool? Truth(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) ? true
        : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false
        : null;

    private static bool Skip(ref ReadOnlySpan<char> text, int mark)
    {
        int digits = Digits(text[mark..]);
        text = text[(mark + digits)..];
        return digits > 0;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    private static bool IsStructure(string text)
    {
        if (text.Length == 0 || text[0] is not ('{' or '['))
            return false;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
                continue;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
