using System.Text;

namespace Platform.Text.Output;

/// <summary>Cuts a plain completion before the first stop string, whatever the chunking. One per choice, not thread-safe.</summary>
/// <param name="stopStrings">The stop strings; empty ones are ignored.</param>
public sealed class StopStringScanner(IReadOnlyList<string> stopStrings)
{
    private readonly StopStringMatcher _matcher = new(stopStrings);
    private readonly StringBuilder _out = new();

    /// <summary>Whether a stop string was found: the text is complete and generation may end.</summary>
    public bool Matched => _matcher.Matched;

    /// <summary>Takes more text; returns what is certain to stand before any stop string, possibly nothing.</summary>
    public string Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (char c in text)
            _matcher.Add(c, Emit);
        return Take();
    }

    /// <summary>The text ends; returns what was held back.</summary>
    public string Flush()
    {
        _matcher.Flush(Emit);
        return Take();
    }

    private void Emit(ReadOnlySpan<char> text) => _out.Append(text);

    private string Take()
    {
        string text = _out.ToString();
        _out.Clear();
        return text;
    }
}
