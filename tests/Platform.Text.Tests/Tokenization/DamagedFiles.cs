using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Platform.Text.Tests.Tokenization;

/// <summary>Files that are damaged, hostile or of another kind: a <see cref="TokenizerException"/> that names the file, and nothing else.</summary>
public sealed class DamagedFiles : IDisposable
{
    private const string SplitByWords = """{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated","invert":false}""";

    private readonly TokenizerFolder _folder = new();

    public static TheoryData<string, string> Damages => new()
    {
        { "model", "lacks 'model'" },
        { "model.vocab", "lacks 'model.vocab'" },
        { "model.merges", "lacks 'model.merges'" },
        { "normalizer", "lacks 'normalizer'" },
        { "pre_tokenizer", "lacks 'pre_tokenizer'" },
        { "model=3", "Number as 'model'" },
        { "model.vocab=[]", "the vocabulary is StartArray" },
        { "model.vocab={}", "merge 0 needs" },
        { "model.merges={}", "'merges' is StartObject" },
        { "model.merges=[3]", "merge 0" },
        { "model.merges=[\"ab\"]", "merge 0" },
        { "model.merges=[\" b\"]", "merge 0" },
        { "model.merges=[[\"a\"]]", "merge 0" },
        { "model.merges=[[\"a\",\"n\",\"n\"]]", "merge 0" },
        { "model.merges=[[\"a\",\"n\"],[\"a\",\"n\"]]", "merge 1 repeats" },
        { "model.merges=[[\"q\",\"zzzz\"]]", "needs the token 'zzzz'" },
        { "model.merges=[[\"a\",\"\u8A9E\"]]", "outside the alphabet" },
        { "model.type=\"WordPiece\"", "'type'" },
        { "model.dropout=0.1", "'dropout'" },
        { "model.byte_fallback=true", "'byte_fallback'" },
        { "model.ignore_merges=true", "'ignore_merges'" },
        { "model.unk_token=\"<unk>\"", "'unk_token'" },
        { "model.end_of_word_suffix=\"</w>\"", "'end_of_word_suffix'" },
        { "normalizer={\"type\":\"NFKC\"}", "only NFC" },
        { "normalizer=null", "only NFC" },
        { "pre_tokenizer=3", "'pre_tokenizer' is 3" },
        { "pre_tokenizer={\"type\":\"Sequence\"}", "'pre_tokenizer'" },
        { "pre_tokenizer={\"type\":\"Sequence\",\"pretokenizers\":[3]}", "'pre_tokenizer'" },
        { "pre_tokenizer={\"type\":\"ByteLevel\"}", "'pre_tokenizer'" },
        { "pre_tokenizer={\"type\":\"Sequence\",\"pretokenizers\":[" + SplitByWords + "]}", "'pre_tokenizer'" },
        { "pre_tokenizer={\"type\":\"Sequence\",\"pretokenizers\":[" + SplitByWords + ",{\"type\":\"ByteLevel\"}]}", "neither Qwen3's nor Qwen3.5's" },
        { "added_tokens=3", "'added_tokens'" },
        { "added_tokens=[3]", "'id'" },
        { "added_tokens=[{\"id\":1.5,\"content\":\"x\"}]", "'id'" },
        { "added_tokens=[{\"id\":8000}]", "'content'" },
        { "added_tokens=[{\"id\":8000,\"content\":\"\"}]", "0 characters" },
        { "added_tokens=[{\"id\":-1,\"content\":\"<x>\"}]", "id -1" },
        { "added_tokens=[{\"id\":2000000000,\"content\":\"<x>\"}]", "id 2000000000" },
        { "added_tokens=[{\"id\":5,\"content\":\"<x>\"}]", "id 5 is given to both" },
        { "added_tokens=[{\"id\":8000,\"content\":\"<x>\"},{\"id\":8000,\"content\":\"<y>\"}]", "contradicts" },
        { "added_tokens=[{\"id\":8000,\"content\":\"<x>\"},{\"id\":8001,\"content\":\"<x>\"}]", "contradicts" },
        { "added_tokens=[{\"id\":8000,\"content\":\"<x>\",\"lstrip\":true}]", "'lstrip'" },
        { "added_tokens=[{\"id\":8000,\"content\":\"<x>\",\"special\":1}]", "'special'" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public void Are_refused_with_what_is_wrong(string damage, string expected)
    {
        var json = TokenizerFolder.Tiny35();
        Apply(json, damage);
        _folder.Write("tokenizer.json", json.ToJsonString());
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "holds no object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":1},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "byte 0x00 has no token")]
    [InlineData("{\"added_tokens\":[{\"id\":1,\"content\":\"\\ud800\"}]}", "not valid JSON")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":\"b\"},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "instead of a whole number")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":1,\"b\":1},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "id 1 is given to both")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":1,\"a\":2},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "is given both id 1 and id 2")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":-1},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "id -1")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":99999999999},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "id 99999999999")]
    [InlineData("{\"model\":{\"vocab\":{\"\\ud800\":1},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "not valid JSON")]
    [InlineData("{\"model\":{\"vocab\":{\"\":1},\"merges\":[]},\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{}}", "has 0 bytes")]
    public void Of_this_text_are_refused(string text, string expected)
    {
        _folder.Write("tokenizer.json", text);
        AssertRefused(expected);
    }

    [Fact]
    public void Nested_without_end_are_refused()
    {
        _folder.Write("tokenizer.json", string.Concat(Enumerable.Repeat("{\"model\":", 100_000)));
        AssertRefused("not valid JSON");
    }

    [Fact]
    public void Beyond_the_size_limit_are_refused_unread()
    {
        using (var file = File.Create(_folder.TokenizerJson))
            file.SetLength(TokenizerFiles.LargestFile + 1);
        AssertRefused("268435456");
    }

    [Fact]
    public void Cut_or_with_flipped_bytes_never_fail_in_another_way()
    {
        var whole = Encoding.UTF8.GetBytes(Small().ToJsonString());
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Sample((place, value, cut) =>
        {
            var damaged = cut ? whole[..place] : [.. whole];
            if (!cut)
                damaged[place] = value;
            File.WriteAllBytes(_folder.TokenizerJson, damaged);
            try
            {
                Tokenizer.Load(_folder.Folder).Encode("abc \u8A9E");
            }
            catch (TokenizerException exception)
            {
                Assert.Contains(_folder.Folder, exception.Message, StringComparison.Ordinal);
            }
        }, iter: 400, threads: 1);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("[]")]
    [InlineData("{\"added_tokens_decoder\":3}")]
    [InlineData("{\"added_tokens_decoder\":{\"x\":{\"content\":\"<x>\"}}}")]
    [InlineData("{\"added_tokens_decoder\":{\"-1\":{\"content\":\"<x>\"}}}")]
    [InlineData("{\"added_tokens_decoder\":{\"8000\":\"<x>\"}}")]
    [InlineData("{\"added_tokens_decoder\":{\"8000\":{\"content\":\"<other>\"}}}")]
    [InlineData("{\"added_tokens_decoder\":{\"8100\":{\"content\":\"<|im_end|>\"}}}")]
    public void In_the_configuration_are_refused(string config)
    {
        _folder.Write("tokenizer.json", TokenizerFolder.Tiny35().ToJsonString());
        _folder.Write("tokenizer_config.json", config);
        AssertRefused("tokenizer_config.json");
    }

    [Theory]
    [InlineData("nospace\n", "merge 0")]
    [InlineData("a n\na n\n", "merge 1 repeats")]
    [InlineData("a n x\n", "outside the alphabet")]
    [InlineData("#version: 0.2\nq zzzz\n", "merge 0 needs")]
    public void Of_merges_are_refused(string merges, string expected)
    {
        _folder.WriteVocabularyAndMerges();
        _folder.Write("merges.txt", merges);
        AssertRefused(expected);
    }

    [Fact]
    public void That_are_not_there_are_named()
    {
        AssertRefused("holds neither tokenizer.json");
        var missing = Path.Combine(_folder.Folder, "nothing");
        Assert.Contains(missing, Assert.Throws<TokenizerException>(() => Tokenizer.Load(missing)).Message, StringComparison.Ordinal);
    }

    private void AssertRefused(string expected)
    {
        var message = Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder.Folder)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(_folder.Folder, message, StringComparison.Ordinal);
    }

    /// <summary>Removes a key (<c>a.b</c>) or sets it (<c>a.b=JSON</c>).</summary>
    private static void Apply(JsonObject json, string damage)
    {
        var parts = damage.Split('=', 2);
        var keys = parts[0].Split('.');
        var parent = keys.Length == 1 ? json : json[keys[0]]!.AsObject();
        if (parts.Length == 1)
            parent.Remove(keys[^1]);
        else
            parent[keys[^1]] = JsonNode.Parse(parts[1]);
    }

    /// <summary>tiny35 with single bytes and the first merges only.</summary>
    private static JsonObject Small()
    {
        var json = TokenizerFolder.Tiny35();
        var model = json["model"]!.AsObject();
        model["vocab"] = new JsonObject(model["vocab"]!.AsObject().Where(token => token.Value!.GetValue<int>() < 266)
            .Select(token => KeyValuePair.Create(token.Key, token.Value?.DeepClone())));
        model["merges"] = new JsonArray([.. model["merges"]!.AsArray().Take(10).Select(merge => merge?.DeepClone())]);
        return json;
    }
}
