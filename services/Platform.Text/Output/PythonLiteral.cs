using System.Buffers;
using System.Globalization;
using System.Text;

namespace Platform.Text.Output;

/// <summary>
/// Reads a Python dict or list of quoted strings, numbers, True, False, None and more of the same, and writes it as JSON. Models write
/// it because their training showed them argument values printed by Python. Numbers keep their digits.
/// </summary>
internal ref struct PythonLiteral
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789eE");

    private readonly ReadOnlySpan<char> _text;
    private readonly StringBuilder _json;
    private readonly int _maxDepth;
    private int _at;

    private PythonLiteral(ReadOnlySpan<char> text, int maxDepth)
    {
        _text = text;
        _json = new StringBuilder(text.Length);
        _maxDepth = maxDepth;
        _at = 0;
    }

    private readonly char Next => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>The JSON, or null if the text is no such dict or list or is nested deeper than <paramref name="maxDepth"/>.</summary>
    public static string? ToJson(ReadOnlySpan<char> text, int maxDepth)
    {
        var reader = new PythonLiteral(text, maxDepth);
        if (reader.Next is not ('{' or '['))
            return null;
        return reader.Value(0) && reader._at == text.Length ? reader._json.ToString() : null;
    }

    private bool Value(int depth) => Next switch
    {
        '{' => depth < _maxDepth && Items('}', depth + 1),
        '[' => depth < _maxDepth && Items(']', depth + 1),
        '\'' or '"' => String(),
        'T' => Word("True", "true"),
        'F' => Word("False", "false"),
        'N' => Word("None", "null"),
        _ => Number(),
    };

    private bool Items(char end, int depth)
    {
        _json.Append(Next);
        _at++;
        SkipSpace();
        bool first = true;
        while (Next != end)
        {
            if (!first)
                _json.Append(", ");
            first = false;
            if (!(end == '}' ? Pair(depth) : Value(depth)))
                return false;
            SkipSpace();
            if (Next == ',')
                _at++;
            else if (Next != end)
                return false;
            SkipSpace();
        }

        _json.Append(end);
        _at++;
        return true;
    }

    private bool Pair(int depth)
    {
        if (Next is not ('\'' or '"') || !String())
            return false;
        SkipSpace();
        if (Next != ':')
            return false;
        _at++;
        SkipSpace();
        _json.Append(": ");
        return Value(depth);
    }

    private bool Word(string python, string json)
    {
        if (!_text[_at..].StartsWith(python, StringComparison.Ordinal))
            return false;
        _at += python.Length;
        _json.Append(json);
        return true;
    }

    private bool Number()
    {
        var rest = _text[_at..];
        int length = rest.IndexOfAnyExcept(NumberCharacters);
        var number = length < 0 ? rest : rest[..length];
        if (!ArgumentConversion.IsNumber(number))
            return false;
        _at += number.Length;
        _json.Append(number);
        return true;
    }

    private bool String()
    {
        char quote = Next;
        _at++;
        _json.Append('"');
        while (_at < _text.Length)
        {
            char c = _text[_at++];
            if (c == quote)
            {
                _json.Append('"');
                return true;
            }

            if (c is '\n' or '\r' || (c == '\\' && !Escape()))
                return false;
            if (c != '\\')
                JsonQuoting.Append(_json, c);
        }

        return false;
    }

    private bool Escape()
    {
        char c = Next;
        _at++;
        switch (c)
        {
            case '\n':
                return true;
            case 'x':
                return CodePoint(2);
            case 'u':
                return CodePoint(4);
            case 'U':
                return CodePoint(8);
            case >= '0' and <= '7':
                return Octal(c - '0');
            case 'N' or '\0':
                return false;
            default:
                Simple(c);
                return true;
        }
    }

    private readonly void Simple(char c)
    {
        int place = "abfnrtv\\'\"".IndexOf(c, StringComparison.Ordinal);
        if (place < 0)
        {
            // Python keeps the backslash of an escape it does not know.
            JsonQuoting.Append(_json, '\\');
            JsonQuoting.Append(_json, c);
            return;
        }

        JsonQuoting.Append(_json, "\a\b\f\n\r\t\v\\'\""[place]);
    }

    private bool CodePoint(int digits)
    {
        if (_at + digits > _text.Length
            || !int.TryParse(_text.Slice(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || !Rune.IsValid(code))
            return false;
        _at += digits;
        AppendRune(code);
        return true;
    }

    private bool Octal(int code)
    {
        for (int digits = 1; digits < 3 && Next is >= '0' and <= '7'; digits++)
            code = (code * 8) + (_text[_at++] - '0');
        AppendRune(code);
        return true;
    }

    private readonly void AppendRune(int code)
    {
        foreach (char c in new Rune(code).ToString())
            JsonQuoting.Append(_json, c);
    }

    private void SkipSpace()
    {
        while (Characters.IsSpace(Next))
            _at++;
    }
}
