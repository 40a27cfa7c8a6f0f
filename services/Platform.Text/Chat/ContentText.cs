using System.Text;

namespace Platform.Text.Chat;

/// <summary>The text of one message: a client's words, in between the placeholders that the template wrote for attachments.</summary>
internal readonly struct ContentText
{
    private readonly string _text;
    private readonly List<(int Start, int End)> _trusted;
    private readonly int _start;
    private readonly int _end;

    private ContentText(string text, List<(int Start, int End)> trusted, int start, int end)
    {
        _text = text;
        _trusted = trusted;
        _start = start;
        _end = end;
    }

    public bool IsEmpty => _start == _end;

    private ReadOnlySpan<char> Span => _text.AsSpan(_start, _end - _start);

    public static ContentText FromClient(string text) => new(text, [], 0, text.Length);

    public ContentText Trim()
    {
        var (start, end) = PythonText.Trim(_text, _start, _end);
        return new(_text, _trusted, start, end);
    }

    public ContentText TrimStartNewlines() => new(_text, _trusted, _end - Span.TrimStart('\n').Length, _end);

    public ContentText TrimEndNewlines() => new(_text, _trusted, _start, _start + Span.TrimEnd('\n').Length);

    public bool StartsWith(string value) => Span.StartsWith(value, StringComparison.Ordinal);

    public bool EndsWith(string value) => Span.EndsWith(value, StringComparison.Ordinal);

    public bool Contains(string value) => Span.Contains(value, StringComparison.Ordinal);

    /// <summary>What stands before the first <paramref name="mark"/>; everything if there is none.</summary>
    public ContentText BeforeFirst(string mark)
    {
        int place = Span.IndexOf(mark, StringComparison.Ordinal);
        return place < 0 ? this : new(_text, _trusted, _start, _start + place);
    }

    /// <summary>What stands behind the last <paramref name="mark"/>; everything if there is none.</summary>
    public ContentText AfterLast(string mark)
    {
        int place = Span.LastIndexOf(mark, StringComparison.Ordinal);
        return place < 0 ? this : new(_text, _trusted, _start + place + mark.Length, _end);
    }

    /// <summary>Whether more think blocks open than close at the end of this text.</summary>
    public bool EndsInsideThinking() =>
        Span.LastIndexOf(TemplateText.ThinkStart, StringComparison.Ordinal) > Span.LastIndexOf(TemplateText.ThinkEnd, StringComparison.Ordinal);

    public void WriteTo(PromptBuilder prompt)
    {
        int from = _start;
        foreach (var (start, end) in _trusted)
        {
            if (end <= _start || start >= _end)
                continue;
            prompt.Untrusted(_text.AsSpan(from, Math.Max(start, from) - from));
            from = Math.Max(start, from);
            int to = Math.Min(end, _end);
            prompt.Trusted(_text.AsSpan(from, to - from));
            from = to;
        }

        prompt.Untrusted(_text.AsSpan(from, _end - from));
    }

    /// <summary>Collects the parts of one message.</summary>
    internal sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly List<(int Start, int End)> _trusted = [];

        public void Client(string text) => _text.Append(text);

        public void Template(string text)
        {
            _trusted.Add((_text.Length, _text.Length + text.Length));
            _text.Append(text);
        }

        public ContentText Build() => new(_text.ToString(), _trusted, 0, _text.Length);
    }
}
