using System.Text.Json;

namespace Platform.Text;

/// <summary>
/// Reads tokenizer.json: a byte-level BPE model, NFC, one of the two split expressions. Anything else that would change ids is refused, because
/// it would be ignored silently otherwise.
/// </summary>
internal ref struct TokenizerJsonReader
{
    private readonly string _file;
    private Utf8JsonReader _vocabulary;
    private Utf8JsonReader _merges;
    private bool _hasModel;
    private bool _hasVocabulary;
    private bool _hasMerges;
    private bool _hasNormalizer;
    private JsonElement? _preTokenizer;

    private TokenizerJsonReader(string file) => _file = file;

    /// <summary>What tokenizer.json holds besides added tokens. The split is judged only when asked for, since a caller may force one.</summary>
    internal sealed record Content(VocabularyBuilder Vocabulary, MergeTable Merges, Func<SplitRule> Split);

    public static Content Read(byte[] json, string file, AddedTokenCollection added)
    {
        var reader = new TokenizerJsonReader(file);
        reader.Walk(json, added);
        return reader.Finish();
    }

    private void Walk(byte[] bytes, AddedTokenCollection added)
    {
        var json = new Utf8JsonReader(bytes);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw Wrong("holds no object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            if (name == "model")
                WalkModel(ref json);
            else if (name == "added_tokens")
                ReadAddedTokens(ref json, added);
            else if (name == "normalizer")
                CheckNormalizer(JsonElement.ParseValue(ref json));
            else if (name == "pre_tokenizer")
                _preTokenizer = JsonElement.ParseValue(ref json);
            else
                json.Skip();
        }
        if (json.Read())
            throw new JsonException("There is something after the object.");
    }

    /// <summary>The merges may come before the vocabulary, so both places are only marked here.</summary>
    private void WalkModel(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw Wrong($"has {json.TokenType} as 'model', not an object");
        _hasModel = true;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (name is not ("vocab" or "merges"))
            {
                CheckModelOption(name, JsonElement.ParseValue(ref json));
                continue;
            }
            Mark(name, json);
            json.Skip();
        }
    }

    private void Mark(string name, Utf8JsonReader json)
    {
        if (name == "vocab")
        {
            _vocabulary = json;
            _hasVocabulary = true;
        }
        else
        {
            _merges = json;
            _hasMerges = true;
        }
    }

    private readonly void CheckModelOption(string name, JsonElement value)
    {
        var supported = name switch
        {
            "type" => value.ValueKind == JsonValueKind.String && value.GetString() == "BPE",
            "dropout" or "unk_token" => value.ValueKind == JsonValueKind.Null,
            "continuing_subword_prefix" or "end_of_word_suffix" =>
                value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString() == ""),
            "byte_fallback" or "ignore_merges" => value.ValueKind is JsonValueKind.False or JsonValueKind.Null,
            _ => true,
        };
        if (!supported)
            throw Wrong($"sets '{name}' of its model to {value.GetRawText()}, which no Qwen3 or Qwen3.5 tokenizer does and we do not support");
    }

    private readonly void ReadAddedTokens(ref Utf8JsonReader json, AddedTokenCollection added)
    {
        var tokens = JsonElement.ParseValue(ref json);
        if (tokens.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
            throw Wrong($"has {tokens.ValueKind} as 'added_tokens', not an array");
        if (tokens.ValueKind == JsonValueKind.Null)
            return;
        foreach (var token in tokens.EnumerateArray())
            added.Add(AddedTokenReader.Read(token, _file), _file);
    }

    private void CheckNormalizer(JsonElement normalizer)
    {
        if (TypeOf(normalizer) != "NFC")
            throw Wrong($"has the normalizer {Shortened(normalizer)}, but only NFC is supported");
        _hasNormalizer = true;
    }

    private readonly Content Finish()
    {
        if (!_hasModel || !_hasVocabulary || !_hasMerges)
        {
            var missing = !_hasModel ? "'model'" : !_hasVocabulary ? "'model.vocab'" : "'model.merges'";
            throw Wrong($"lacks {missing}");
        }
        if (!_hasNormalizer)
            throw Wrong("lacks 'normalizer', which must be NFC");
        if (_preTokenizer is not { } preTokenizer)
            throw Wrong("lacks 'pre_tokenizer', which says how text is split");
        var vocabularyReader = _vocabulary;
        var vocabulary = VocabularyReader.Read(ref vocabularyReader, _file);
        var mergesReader = _merges;
        var merges = MergesReader.ReadJson(ref mergesReader, vocabulary, _file);
        var file = _file;
        return new Content(vocabulary, merges, () => PreTokenizerReader.Split(preTokenizer, file));
    }

    private static string? TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : null;

    private static string Shortened(JsonElement element)
    {
        var text = element.GetRawText();
        return text.Length <= 200 ? text : text[..200] + "…";
    }

    private readonly TokenizerException Wrong(string found) => new(
        $"{_file}: {found}. Use the tokenizer.json of a Qwen3.5 or Qwen3 checkpoint; if it is one, the file is damaged: fetch it again.");
}
