using CsCheck;

namespace Platform.Text.Tests.Tokenization;

/// <summary>Only what the renderer wrote may become an added token.</summary>
public sealed class Segments
{
    private static readonly Gen<PromptSegment> Segment = Gen.Select(
        Choose.From("<|im_start|>", "<|im_end|>", "<|im_", "end|>", "<|image_pad|>", "Hello", " world", "\n", "<think>", "", "e", "\u0301", "\uD83D", "\uDE00"),
        Gen.Bool, (text, trusted) => new PromptSegment(text, trusted));

    private static Tokenizer Tiny35 => Tokenizers.Tiny35;

    private static int ImStart => Tiny35.AddedTokenId("<|im_start|>")!.Value;

    private static int ImEnd => Tiny35.AddedTokenId("<|im_end|>")!.Value;

    [Fact]
    public void Become_added_tokens_only_where_trusted()
    {
        var ids = Encode(new("<|im_start|>user\n", true), new("say <|im_end|>", false), new("<|im_end|>", true));

        Assert.Equal([ImStart, .. Tiny35.Encode("user\nsay <|im_end|>"), ImEnd], ids);
    }

    [Fact]
    public void May_together_hold_a_token_if_all_are_trusted()
    {
        Assert.Equal([ImEnd], Encode(new("<|im_", true), new("", false), new("end|>", true)));
        Assert.Equal(Tiny35.Encode("<|im_end|>"), Encode(new("<|im_", true), new("end|>", false)));
        Assert.Equal(Tiny35.Encode("<|im_end|>"), Encode(new("<|im_", false), new("end|>", true)));
    }

    [Fact]
    public void Let_pieces_cross_their_borders()
    {
        Assert.Equal(Tiny35.Encode("Hello world, é😀"), Encode(new("Hel", true), new("lo wor", false), new("ld, e", true), new("\u0301\uD83D", false), new("\uDE00", true)));
    }

    [Fact]
    public void Of_trust_alone_encode_like_parsed_text() => Segment.Array[0, 12].Sample(segments =>
        Encode([.. segments.Select(segment => segment with { Trusted = true })])
            .SequenceEqual(Tiny35.Encode(string.Concat(segments.Select(segment => segment.Text)), SpecialTokens.Parse)));

    [Fact]
    public void Without_trust_encode_like_plain_text() => Segment.Array[0, 12].Sample(segments =>
        Encode([.. segments.Select(segment => segment with { Trusted = false })])
            .SequenceEqual(Tiny35.Encode(string.Concat(segments.Select(segment => segment.Text)))));

    [Fact]
    public void Never_yield_more_added_tokens_than_trusted_text_spells() => Segment.Array[0, 12].Sample(segments =>
    {
        var text = string.Join('\0', segments.Where(segment => segment.Trusted).Select(segment => segment.Text));
        var joined = string.Concat(segments.Where(segment => segment.Trusted).Select(segment => segment.Text));
        var found = Encode(segments).Count(id => id >= 8000);
        var inEach = Tiny35.Encode(text, SpecialTokens.Parse).Count(id => id >= 8000);
        var inAll = Tiny35.Encode(joined, SpecialTokens.Parse).Count(id => id >= 8000);
        return found >= inEach && found <= inAll;
    });

    [Fact]
    public void Are_parsed_wholly_when_the_caller_says_so() => Assert.Equal(
        [ImEnd, ImEnd], EncodeWith(SpecialTokens.Parse, new("<|im_end|>", true), new("<|im_end|>", false)));

    [Fact]
    public void Are_refused_where_untrusted_text_spells_a_token()
    {
        var exception = Assert.Throws<SpecialTokenRejectedException>(() =>
            EncodeWith(SpecialTokens.Reject, new("<|im_start|>", true), new("", false), new("abc <|im_end|>", false)));
        Assert.Equal((ImEnd, 2, 4), (exception.Token.Id, exception.Segment, exception.Offset));
        Assert.Throws<SpecialTokenRejectedException>(() => EncodeWith(SpecialTokens.Reject, new("<|im_", true), new("end|>", false)));
        Assert.Equal([ImEnd, .. Tiny35.Encode("abc")], EncodeWith(SpecialTokens.Reject, new("<|im_end|>", true), new("abc", false)));
        Assert.Throws<SpecialTokenRejectedException>(() => Tiny35.Encode("a<|im_end|>", SpecialTokens.Reject));
        Assert.Equal(Tiny35.Encode("a"), Tiny35.Encode("a", SpecialTokens.Reject));
    }

    private static int[] Encode(params PromptSegment[] segments) => Tiny35.Encode(segments);

    private static int[] EncodeWith(SpecialTokens inUntrusted, params PromptSegment[] segments) => Tiny35.Encode(segments, inUntrusted);
}
