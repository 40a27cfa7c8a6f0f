using System.Text;

namespace Platform.Text;

/// <summary>
/// Turns the bytes of a stream of tokens into text, in whole code points. Holds back at most three bytes, and only such as may still become a
/// character; bytes that cannot become one are U+FFFD at once, one for each maximal ill-formed part. One per stream, not thread-safe.
/// </summary>
public sealed class Utf8StreamDecoder
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>The text that became certain with these bytes; may be empty.</summary>
    public string Append(ReadOnlySpan<byte> bytes) => Convert(bytes, flush: false);

    /// <summary>Ends the stream: what was held back, as U+FFFD. The decoder can then begin another stream.</summary>
    public string Flush() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        var count = _decoder.GetCharCount(bytes, flush);
        if (count == 0 && !flush)
        {
            _decoder.GetChars(bytes, [], flush);   // keeps the unfinished bytes
            return "";
        }
        Span<char> characters = count <= 256 ? stackalloc char[count] : new char[count];
        var written = _decoder.GetChars(bytes, characters, flush);
        return new string(characters[..written]);
    }
}
