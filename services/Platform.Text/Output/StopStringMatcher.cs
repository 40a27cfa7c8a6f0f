using System.Runtime.InteropServices;

namespace Platform.Text.Output;

/// <summary>
/// Finds the first match of any stop string, character by character, and holds back what may still become one. The first match is the
/// one that begins first in the text, as if the whole text had been searched. Each character costs a constant number of steps per stop string.
/// </summary>
internal sealed class StopStringMatcher
{
    private readonly Pattern[] _patterns;
    private readonly List<char> _held = [];
    private int _sent;
    private long _heldStart;
    private long _position;
    private long? _match;

    public StopStringMatcher(IReadOnlyList<string> stopStrings) =>
        _patterns = [.. stopStrings.Where(stop => stop.Length > 0).Distinct(StringComparer.Ordinal).Select(stop => new Pattern(stop))];

    public delegate void Emit(ReadOnlySpan<char> text);

    /// <summary>Whether a match is settled; nothing is taken after it.</summary>
    public bool Matched { get; private set; }

    public void Add(char c, Emit emit)
    {
        if (Matched)
            return;
        _held.Add(c);
        _position++;
        long earliestOpen = _position;
        foreach (var pattern in _patterns)
        {
            if (pattern.Advance(c))
                _match = Math.Min(_match ?? long.MaxValue, _position - pattern.Length);
            earliestOpen = Math.Min(earliestOpen, _position - pattern.Progress);
        }

        if (_match is { } match && match <= earliestOpen)
            Settle(match, emit);
        else
            Send(earliestOpen, emit);
    }

    /// <summary>The text ends: what was held is sent, up to a match if there is one.</summary>
    public void Flush(Emit emit)
    {
        if (_match is { } match && !Matched)
            Settle(match, emit);
        else if (!Matched)
            Send(_position, emit);
    }

    private void Settle(long match, Emit emit)
    {
        Send(match, emit);
        _held.Clear();
        Matched = true;
    }

    private void Send(long end, Emit emit)
    {
        int count = (int)(end - _heldStart);
        if (count > 0)
            emit(CollectionsMarshal.AsSpan(_held).Slice(_sent, count));
        _heldStart = end;
        _sent += count;
        if (_sent == _held.Count || _sent > 1024)
        {
            _held.RemoveRange(0, _sent);
            _sent = 0;
        }
    }

    /// <summary>One stop string with the longest of its beginnings that the text ends with (Knuth, Morris and Pratt).</summary>
    private sealed class Pattern
    {
        private readonly string _text;
        private readonly int[] _fallback;

        public Pattern(string text)
        {
            _text = text;
            _fallback = new int[text.Length];
            for (int i = 1, length = 0; i < text.Length; i++)
            {
                while (length > 0 && text[i] != text[length])
                    length = _fallback[length - 1];
                if (text[i] == text[length])
                    length++;
                _fallback[i] = length;
            }
        }

        public int Length => _text.Length;

        public int Progress { get; private set; }

        public bool Advance(char c)
        {
            int progress = Progress;
            while (progress > 0 && _text[progress] != c)
                progress = _fallback[progress - 1];
            if (_text[progress] == c)
                progress++;
            bool complete = progress == _text.Length;
            Progress = complete ? _fallback[progress - 1] : progress;
            return complete;
        }
    }
}
