using System.Text.Json.Nodes;

namespace Platform.Text.Tests.Tokenization;

/// <summary>The forms in which a tokenizer comes.</summary>
public sealed class Loading : IDisposable
{
    private const string Sample = "Hello, wörld! <|im_end|> 12 don't\n";

    private readonly TokenizerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n", "#version: 0.2")]
    [InlineData("\r\n", "#version: 0.2")]
    [InlineData("\n", "")]
    public void From_vocabulary_and_merges_gives_the_same_ids(string lineEnd, string header)
    {
        _folder.WriteVocabularyAndMerges(lineEnd, header);
        var tokenizer = Tokenizer.Load(_folder.Folder);
        Assert.Equal(Tokenizers.Tiny35.IdCount, tokenizer.IdCount);
        Assert.Equal(Tokenizers.Tiny35.AddedTokens, tokenizer.AddedTokens);
        foreach (var golden in GoldenCase.Read("tiny35.jsonl"))
            Assert.Equal(golden.Ids("ids"), tokenizer.Encode(golden.Text, SpecialTokens.Parse));
    }

    [Fact]
    public void Reads_merges_written_as_strings()
    {
        var json = TokenizerFolder.Tiny35();
        var merges = json["model"]!["merges"]!.AsArray().Select(merge => (JsonNode)$"{merge![0]} {merge[1]}").ToArray();
        json["model"]!["merges"] = new JsonArray(merges);
        _folder.Write("tokenizer.json", json.ToJsonString());
        Assert.Equal(Tokenizers.Tiny35.Encode(Sample), Tokenizer.Load(_folder.TokenizerJson).Encode(Sample));
    }

    [Fact]
    public void Reads_merges_that_come_before_the_vocabulary_and_a_byte_order_mark()
    {
        var json = TokenizerFolder.Tiny35();
        var model = json["model"]!.AsObject();
        var vocabulary = model["vocab"]!;
        model.Remove("vocab");
        model.Add("vocab", vocabulary);
        _folder.Write("tokenizer.json", "\uFEFF" + json.ToJsonString());
        Assert.Equal(Tokenizers.Tiny35.Encode(Sample), Tokenizer.Load(_folder.Folder).Encode(Sample));
    }

    [Fact]
    public void Unites_the_added_tokens_of_both_files()
    {
        var json = TokenizerFolder.Tiny35();
        var tokens = json["added_tokens"]!.AsArray();
        while (tokens.Count > 26)
            tokens.RemoveAt(tokens.Count - 1);
        _folder.Write("tokenizer.json", json.ToJsonString());
        Assert.Equal((26, 8026), (Tokenizer.Load(_folder.Folder).AddedTokens.Count, Tokenizer.Load(_folder.Folder).IdCount));

        _folder.Write("tokenizer_config.json", TokenizerFolder.Tiny35Config());
        var united = Tokenizer.Load(_folder.Folder);
        Assert.Equal(Tokenizers.Tiny35.AddedTokens, united.AddedTokens);
        Assert.Equal(8033, united.IdCount);
    }

    [Fact]
    public void Leaves_gaps_between_ids_without_meaning()
    {
        _folder.Write("tokenizer.json", TokenizerFolder.Tiny35().ToJsonString());
        _folder.Write("tokenizer_config.json", """{"added_tokens_decoder":{"9000":{"content":"<far>","special":true}}}""");
        var tokenizer = Tokenizer.Load(_folder.Folder);
        Assert.Equal(9001, tokenizer.IdCount);
        Assert.True(tokenizer.TokenBytes(8500).IsEmpty);
        Assert.Equal([9000], tokenizer.Encode("<far>", SpecialTokens.Parse));
    }

    [Fact]
    public void Takes_the_longest_of_added_tokens_that_begin_alike()
    {
        _folder.Write("tokenizer.json", TokenizerFolder.Tiny35().ToJsonString());
        _folder.Write("tokenizer_config.json", """{"added_tokens_decoder":{"8100":{"content":"<ab"},"8101":{"content":"<abc>"},"8102":{"content":"<b"}}}""");
        Assert.Equal([8101, 8100, 8102], Tokenizer.Load(_folder.Folder).Encode("<abc><ab<b", SpecialTokens.Parse));
    }

    [Theory]
    [InlineData("{}", SplitRule.Qwen35)]
    [InlineData("""{"added_tokens_decoder":{"151643":{"content":"<|endoftext|>","special":true}}}""", SplitRule.Qwen3)]
    [InlineData("""{"added_tokens_decoder":{"248044":{"content":"<|endoftext|>","special":true}}}""", SplitRule.Qwen35)]
    public void Chooses_the_split_of_vocabulary_and_merges_by_the_documented_rule(string config, SplitRule expected)
    {
        _folder.WriteVocabularyAndMerges();
        _folder.Write("tokenizer_config.json", config);
        Assert.Equal(expected, Tokenizer.Load(_folder.Folder).Split);
    }

    [Fact]
    public void Follows_the_expression_of_the_configuration_where_there_is_no_other()
    {
        const string Qwen3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
        _folder.WriteVocabularyAndMerges();
        _folder.Write("tokenizer_config.json", new JsonObject { ["pretokenize_regex"] = Qwen3 }.ToJsonString());
        Assert.Equal(SplitRule.Qwen3, Tokenizer.Load(_folder.Folder).Split);
        _folder.Write("tokenizer_config.json", """{"pretokenize_regex":"\\w+"}""");
        Assert.Contains(@"\w+", Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder.Folder)).Message, StringComparison.Ordinal);
        Assert.Equal(SplitRule.Qwen35, Tokenizer.Load(_folder.Folder, SplitRule.Qwen35).Split);
    }

    [Fact]
    public void Merges_right_where_two_merges_make_one_token()
    {
        // "a"+"bc" ranks before "ab"+"c", so that merging lowers the rank of a neighbour in the middle of a batch.
        var json = TokenizerFolder.Tiny35();
        var model = json["model"]!.AsObject();
        var vocabulary = new JsonObject(model["vocab"]!.AsObject().Where(token => token.Value!.GetValue<int>() < 256 || token.Key.Length == 1)
            .Select((token, index) => KeyValuePair.Create(token.Key, (JsonNode?)index)));
        var merged = new[] { "bc", "abc", "abcd", "ab" };
        foreach (var token in merged)
            vocabulary.Add(token, vocabulary.Count);
        model["vocab"] = vocabulary;
        model["merges"] = new JsonArray("abc d", "a b", "ab c", "b c", "a bc");
        _folder.Write("tokenizer.json", json.ToJsonString());
        var tokenizer = Tokenizer.Load(_folder.Folder);

        var text = string.Concat(Enumerable.Repeat("abcdabcabdbcd", 20));
        var expected = string.Concat(Enumerable.Repeat("abcd|abc|ab|d|bc|d|", 20)).TrimEnd('|').Split('|').Select(token => vocabulary[token]!.GetValue<int>());
        Assert.Equal(expected, tokenizer.Encode(text));
    }

    [Fact]
    public void Refuses_to_run_where_text_cannot_be_normalised()
    {
        var exception = Assert.Throws<TokenizerException>(() => Normalization.RequireUnicodeData(text => text));
        Assert.Contains("INVARIANT", exception.Message, StringComparison.Ordinal);
        Normalization.RequireUnicodeData();
    }
}
