using System.Text;

namespace Platform.Text.Chat;

/// <summary>Collects the prompt; neighbours of the same trust become one segment.</summary>
internal sealed class PromptBuilder
{
    private readonly List<PromptSegment> _segments = [];
    private readonly StringBuilder _current = new();
    private bool _currentTrusted;

    /// <summary>Turns begun so far.</summary>
    public int Turns { get; private set; }

    public void Trusted(ReadOnlySpan<char> text)
    {
        Turns += text.Count(TemplateText.TurnStart);
        Append(text, trusted: true);
    }

    public void Untrusted(ReadOnlySpan<char> text) => Append(text, trusted: false);

    public IReadOnlyList<PromptSegment> Build()
    {
        Close();
        return _segments;
    }

    private void Append(ReadOnlySpan<char> text, bool trusted)
    {
        if (text.IsEmpty)
            return;
        if (trusted != _currentTrusted)
            Close();
        _currentTrusted = trusted;
        _current.Append(text);
    }

    private void Close()
    {
        if (_current.Length > 0)
            _segments.Add(new PromptSegment(_current.ToString(), _currentTrusted));
        _current.Clear();
    }
}
