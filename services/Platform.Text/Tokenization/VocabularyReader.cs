using System.Text.Json;

namespace Platform.Text;

/// <summary>Reads a JSON object of tokens and ids, as vocab.json is and as tokenizer.json holds.</summary>
internal static class VocabularyReader
{
    /// <summary>Reads vocab.json.</summary>
    public static VocabularyBuilder ReadJson(byte[] json, string file)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var vocabulary = Read(ref reader, file);
        if (reader.Read())
            throw new JsonException("There is something after the vocabulary.");
        return vocabulary;
    }

    /// <summary>Reads the object on whose opening brace the reader stands.</summary>
    public static VocabularyBuilder Read(ref Utf8JsonReader reader, string file)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new TokenizerException($"{file}: the vocabulary is {reader.TokenType}, not an object of tokens and ids. Fetch the file again.");
        var vocabulary = new VocabularyBuilder(file);
        var spelling = new TokenSpelling();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var bytes = spelling.Bytes(ref reader, file);
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var id))
            {
                throw new TokenizerException(
                    $"{file}: token {VocabularyBuilder.Show(bytes)} has {reader.TokenType} instead of a whole number as its id. Fetch the file again.");
            }
            vocabulary.Add(bytes, id);
        }
        return vocabulary;
    }
}
