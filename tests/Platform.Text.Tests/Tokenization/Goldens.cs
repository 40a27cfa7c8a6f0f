namespace Platform.Text.Tests.Tokenization;

/// <summary>Every golden row, against both vocabularies.</summary>
public sealed class Goldens
{
    public static TheoryData<string> Files => ["tiny35.jsonl", "qwen3.jsonl"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Encode_with_added_tokens_to_the_golden_ids(string file)
    {
        var tokenizer = For(file);
        ForAll(file, golden => Assert.Equal(golden.Ids("ids"), tokenizer.Encode(golden.Text, SpecialTokens.Parse)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Encode_without_added_tokens_to_the_golden_ids(string file)
    {
        var tokenizer = For(file);
        ForAll(file, golden => Assert.Equal(golden.Ids(golden.Has("ids_plain") ? "ids_plain" : "ids"), tokenizer.Encode(golden.Text)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Decode_to_the_golden_text(string file)
    {
        var tokenizer = For(file);
        ForAll(file, golden => Assert.Equal(Decoded(golden), tokenizer.Decode(golden.Ids("ids"))));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Decode_without_special_tokens_to_the_golden_text(string file)
    {
        var tokenizer = For(file);
        ForAll(file, golden => Assert.Equal(
            golden.Has("decoded_skip_special") ? golden.Row.GetProperty("decoded_skip_special").GetString()! : Decoded(golden),
            tokenizer.Decode(golden.Ids("ids"), skipSpecial: true)));
    }

    [Fact]
    public void Encode_with_the_other_split_to_the_golden_ids()
    {
        var tokenizer = Tokenizers.Qwen3WithSplitOfQwen35;
        ForAll("qwen3.jsonl", golden =>
        {
            var parsed = golden.Has("ids_s35") ? "ids_s35" : "ids";
            Assert.Equal(golden.Ids(parsed), tokenizer.Encode(golden.Text, SpecialTokens.Parse));
            Assert.Equal(golden.Ids(golden.Has("ids_s35_plain") ? "ids_s35_plain" : parsed), tokenizer.Encode(golden.Text));
        });
    }

    [Fact]
    public void Split_into_the_golden_pieces()
    {
        // Pieces do not depend on the vocabulary, so the small one of the repository does.
        var tokenizer = Tokenizers.Tiny35;
        ForAll("qwen3.jsonl", golden => Assert.Equal(
            golden.Row.GetProperty("pieces_s35").EnumerateArray().Select(piece => piece.GetString()!),
            tokenizer.SplitIntoPieces(golden.Text)));
    }

    [Fact]
    public void Hold_three_hundred_rows_each() =>
        Assert.All(new[] { "tiny35.jsonl", "qwen3.jsonl" }, file => Assert.Equal(300, GoldenCase.Read(file).Count));

    private static Tokenizer For(string file) => file == "tiny35.jsonl" ? Tokenizers.Tiny35 : Tokenizers.Qwen3;

    private static string Decoded(GoldenCase golden)
    {
        var decoded = golden.Row.GetProperty("decoded");
        return decoded.ValueKind == System.Text.Json.JsonValueKind.True ? golden.Text : decoded.GetString()!;
    }

    private static void ForAll(string file, Action<GoldenCase> check)
    {
        var cases = GoldenCase.Read(file);
        Assert.NotEmpty(cases);
        var failures = cases.Select(golden => (golden, Record.Exception(() => check(golden)))).Where(pair => pair.Item2 is not null).ToList();
        Assert.True(
            failures.Count == 0,
            $"{failures.Count} of {cases.Count} rows differ:\n" + string.Join("\n", failures.Take(10).Select(pair => $"{pair.golden}: {pair.Item2!.Message}")));
    }
}
