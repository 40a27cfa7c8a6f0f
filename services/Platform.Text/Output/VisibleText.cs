using System.Text;

namespace Platform.Text.Output;

/// <summary>
/// Reasoning or content on its way out: newlines before its first character are dropped, and white space is held until the next
/// character, because what follows may be a tag that swallows it.
/// </summary>
internal sealed class VisibleText(Action<char> emit)
{
    private readonly StringBuilder _space = new();
    private bool _any;

    /// <summary>Whether nothing of it has come.</summary>
    public bool IsEmpty => !_any && _space.Length == 0;

    /// <summary>Whether the next character stands at the start of the text or right after a line feed.</summary>
    public bool AtLineStart => _space.Length > 0 ? _space[^1] == '\n' : !_any;

    public void Add(char c)
    {
        if (!Characters.IsSpace(c))
        {
            SendSpace();
            _any = true;
            emit(c);
        }
        else if (_any || _space.Length > 0 || !Characters.IsNewline(c))
        {
            _space.Append(c);
        }
    }

    /// <summary>Forgets the white space right before an accepted tag.</summary>
    public void DropSpace() => _space.Clear();

    /// <summary>Drops the newlines at the end and sends the rest.</summary>
    public void EndBeforeNewlines()
    {
        int length = _space.Length;
        while (length > 0 && Characters.IsNewline(_space[length - 1]))
            length--;
        _space.Length = length;
        SendSpace();
    }

    public void SendSpace()
    {
        _any |= _space.Length > 0;
        foreach (var chunk in _space.GetChunks())
        {
            foreach (char c in chunk.Span)
                emit(c);
        }

        _space.Clear();
    }
}
