using System.Text;
using CsCheck;

namespace Platform.Text.Tests.Tokenization;

/// <summary>Decoding a stream gives what decoding the whole gives, as early as it can.</summary>
public sealed class StreamDecoding
{
    private static readonly Gen<byte[]> WellFormed = Choose.From("a", "é", "語", "😀", "\uFFFD", "\0", "\uFEFF", "👩‍👩‍👧").Array[0, 20]
        .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));

    /// <summary>Bytes among which lead bytes, tails, overlong forms, surrogates and too large ones are common.</summary>
    private static readonly Gen<byte[]> AnyBytes = Gen.OneOf(
        Gen.Byte, Choose.From<byte>(0x41, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0x9F, 0xED, 0xA0, 0xEF, 0xF0, 0x8F, 0x90, 0xF4, 0xF5, 0xFF)).Array[0, 30];

    [Fact]
    public void Under_any_chunking_equals_decoding_the_whole() =>
        Gen.Select(Gen.OneOf(WellFormed, AnyBytes), Gen.Int[1, 5].Array[1, 30]).Sample((bytes, sizes) =>
        {
            var decoder = new Utf8StreamDecoder();
            var text = new StringBuilder();
            for (var (start, chunk) = (0, 0); start < bytes.Length; chunk++)
            {
                var size = Math.Min(sizes[chunk % sizes.Length], bytes.Length - start);
                text.Append(decoder.Append(bytes.AsSpan(start, size)));
                start += size;
            }
            return text.Append(decoder.Flush()).ToString() == Encoding.UTF8.GetString(bytes);
        });

    [Fact]
    public void Holds_back_only_bytes_that_may_still_become_a_character() => AnyBytes.Sample(bytes =>
    {
        var decoder = new Utf8StreamDecoder();
        var certain = new StringBuilder();
        foreach (var value in bytes)
            certain.Append(decoder.Append([value]));
        var held = HeldBack(bytes);
        return certain.ToString() == Encoding.UTF8.GetString(bytes.AsSpan(0, bytes.Length - held));
    });

    [Fact]
    public void Shows_a_character_with_its_last_byte_and_an_impossible_byte_at_once()
    {
        var decoder = new Utf8StreamDecoder();
        Assert.Equal(["", "", "", "😀", "\uFFFD", "", "\uFFFDa"], new byte[][] { [0xF0], [0x9F], [0x98], [0x80], [0xFF], [0xE8], [0x61] }.Select(bytes => decoder.Append(bytes)));
        Assert.Equal("", decoder.Append([0xE8, 0xAA]));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("b", decoder.Append("b"u8));
    }

    [Fact]
    public void A_real_replacement_character_does_not_stall_the_stream() => Assert.Equal("\uFFFDx", new Utf8StreamDecoder().Append("\uFFFDx"u8));

    [Fact]
    public void Token_by_token_equals_decoding_the_ids()
    {
        foreach (var golden in GoldenCase.Read("tiny35.jsonl"))
        {
            var ids = golden.Ids("ids");
            var decoder = new Utf8StreamDecoder();
            var text = string.Concat(ids.Select(id => decoder.Append(Tokenizers.Tiny35.TokenBytes(id)))) + decoder.Flush();
            Assert.Equal(Tokenizers.Tiny35.Decode(ids), text);
        }
    }

    /// <summary>The length of the longest suffix that is a proper prefix of a well-formed character.</summary>
    private static int HeldBack(byte[] bytes)
    {
        for (var length = Math.Min(3, bytes.Length); length > 0; length--)
        {
            if (Rune.DecodeFromUtf8(bytes.AsSpan(bytes.Length - length), out _, out _) == System.Buffers.OperationStatus.NeedMoreData)
                return length;
        }
        return 0;
    }
}
