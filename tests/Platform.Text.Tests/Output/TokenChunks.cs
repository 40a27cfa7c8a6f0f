using Platform.Text.Tests.Tokenization;

namespace Platform.Text.Tests.Output;

/// <summary>Replies as a model sends them: token by token, through the decoder of a stream.</summary>
public sealed class TokenChunks
{
    public static TheoryData<string> Names =>
        [.. OutputGoldenCase.All.Where(golden => golden.Text.IsNormalized()).Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_28_tags_may_be_added_tokens(string name) => AssertParses(name, SpecialTokens.Parse);

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_28_tags_may_be_spelled_by_ordinary_tokens(string name) => AssertParses(name, SpecialTokens.AsText);

    [Fact]
    public void Row_20_no_character_is_split_by_a_token()
    {
        string text = "Привет 👩‍👩‍👧 漢字 🇳🇴";
        var chunks = Chunks(text, SpecialTokens.AsText).ToList();
        Assert.DoesNotContain(chunks, chunk => chunk.Contains('\uFFFD'));
        Assert.Equal(text, Streaming.Parse(Replies.Answering, chunks, reachedLength: false).Content);
    }

    [Fact]
    public void Row_21_a_real_replacement_character_passes_and_half_a_character_ends_as_one()
    {
        var decoder = new Utf8StreamDecoder();
        List<string> chunks = [decoder.Append("a\uFFFDb "u8), decoder.Append("😀"u8[..2]), decoder.Flush()];
        Assert.Equal("a\uFFFDb \uFFFD", Streaming.Parse(Replies.Answering, chunks, reachedLength: true).Content);
    }

    [Fact]
    public void Row_21_half_a_surrogate_pair_becomes_a_replacement_character() =>
        Assert.Equal("\uFFFDa\uFFFD", Streaming.Parse(Replies.Answering, ["\uD83D", "a", "\uDE00"], reachedLength: false).Content);

    private static void AssertParses(string name, SpecialTokens specialTokens)
    {
        var golden = OutputGoldenCase.Named(name);
        var output = Streaming.Parse(golden.Options, Chunks(golden.Text, specialTokens), golden.ReachedLength);
        Assert.Equal(golden.Expected, Canonical.Of(output));
    }

    private static IEnumerable<string> Chunks(string text, SpecialTokens specialTokens)
    {
        var decoder = new Utf8StreamDecoder();
        foreach (int id in Tokenizers.Tiny35.Encode(text, specialTokens))
            yield return decoder.Append(Tokenizers.Tiny35.TokenBytes(id));
        yield return decoder.Flush();
    }
}
