using System.Text;
using System.Text.Json;

namespace Platform.Text;

/// <summary>Reads tokens spelled in the byte alphabet; its storage is used again.</summary>
internal sealed class TokenSpelling
{
    private byte[] _utf8 = new byte[256];
    private byte[] _bytes = new byte[256];

    /// <summary>The bytes of the token whose spelling is the reader's current string. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes(ref Utf8JsonReader reader, string file)
    {
        if (!reader.ValueIsEscaped)
            return Bytes(reader.ValueSpan, file);
        if (_utf8.Length < reader.ValueSpan.Length)
            _utf8 = new byte[reader.ValueSpan.Length];
        var length = reader.CopyString(_utf8);
        return Bytes(_utf8.AsSpan(0, length), file);
    }

    /// <summary>The bytes of a token spelled in UTF-8. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> spelling, string file)
    {
        if (_bytes.Length < spelling.Length)
            _bytes = new byte[spelling.Length];
        if (ByteAlphabet.TryDecode(spelling, _bytes, out var count))
            return _bytes.AsSpan(0, count);
        throw new TokenizerException(
            $"{file}: the token '{Encoding.UTF8.GetString(spelling[..Math.Min(spelling.Length, 80)])}' has a character outside the alphabet " +
            "in which byte-level vocabularies write bytes. This is not a byte-level BPE tokenizer, or the file is damaged; fetch it again.");
    }
}
