namespace Platform.Text.Tests.Tokenization;

/// <summary>What ids mean, and that memory stays bounded.</summary>
public sealed class Ids
{
    [Fact]
    public void Count_up_to_the_highest_that_decodes()
    {
        Assert.Equal(8033, Tokenizers.Tiny35.IdCount);
        Assert.Equal(33, Tokenizers.Tiny35.AddedTokens.Count);
        Assert.Equal(SplitRule.Qwen35, Tokenizers.Tiny35.Split);
    }

    [Fact]
    public void Of_Qwen3_count_up_to_the_highest_that_decodes()
    {
        Assert.Equal(151_669, Tokenizers.Qwen3.IdCount);
        Assert.Equal(26, Tokenizers.Qwen3.AddedTokens.Count);
        Assert.Equal(SplitRule.Qwen3, Tokenizers.Qwen3.Split);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(8033)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void That_mean_nothing_decode_to_nothing(int id)
    {
        Assert.True(Tokenizers.Tiny35.TokenBytes(id).IsEmpty);
        Assert.False(Tokenizers.Tiny35.IsSpecial(id));
        Assert.Equal("", Tokenizers.Tiny35.Decode([id]));
    }

    [Fact]
    public void Of_thinking_and_tool_tags_are_added_but_not_special()
    {
        var tokenizer = Tokenizers.Tiny35;
        Assert.All(new[] { "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>" }, tag => Assert.False(tokenizer.IsSpecial(tokenizer.AddedTokenId(tag)!.Value)));
        Assert.All(new[] { "<|im_end|>", "<|endoftext|>", "<|image_pad|>" }, tag => Assert.True(tokenizer.IsSpecial(tokenizer.AddedTokenId(tag)!.Value)));
        Assert.Null(tokenizer.AddedTokenId("<nothing>"));
        Assert.Equal("<|im_end|>"u8, tokenizer.TokenBytes(tokenizer.AddedTokenId("<|im_end|>")!.Value));
    }

    [Fact]
    public void Never_share_their_bytes()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var id = 0; id < Tokenizers.Tiny35.IdCount; id++)
            Assert.True(seen.Add(Convert.ToHexString(Tokenizers.Tiny35.TokenBytes(id))), $"id {id}");
    }

    [Fact]
    public void Of_pieces_are_cached_in_bounded_number_and_length()
    {
        var tokenizer = Tokenizer.Load(Tokenizers.Tiny35Folder);
        for (var round = 0; round < 4; round++)
            tokenizer.Encode(string.Concat(Enumerable.Range(round * 50_000, 50_000).Select(number => $" {Letters(number)}")));
        Assert.InRange(tokenizer.Cache.Count, 10_000, tokenizer.Cache.Capacity);

        var before = tokenizer.Cache.Count;
        tokenizer.Encode(new string('#', PieceCache.LongestPiece + 1));
        Assert.Equal(before, tokenizer.Cache.Count);
    }

    [Fact]
    public void Of_cached_pieces_cost_no_memory_but_the_result()
    {
        var tokenizer = Tokenizers.Tiny35;
        var text = string.Concat(Enumerable.Repeat("The same words again, é 語. ", 500));
        var ids = tokenizer.Encode(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        tokenizer.Encode(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(EncodingWork.Current.Pieces, EncodingWork.Current.CacheHits);
        Assert.InRange(allocated, 0, ids.Length * sizeof(int) + 1024);
    }

    private static string Letters(int number) => string.Concat($"{number:D6}".Select(digit => (char)('a' + digit - '0')));
}
