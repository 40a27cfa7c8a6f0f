using System.Text;
using System.Text.Json;

namespace Platform.Text;

/// <summary>Reads merges, lowest rank first: the lines of merges.txt, or the strings or pairs of tokenizer.json.</summary>
internal sealed class MergesReader(VocabularyBuilder vocabulary, MergeTable table, string file)
{
    private const int Limit = VocabularyBuilder.IdLimit;

    private readonly TokenSpelling _spelling = new();
    private byte[] _merged = new byte[256];

    /// <summary>Reads merges.txt: one pair a line, after a line that may begin with <c>#version</c>.</summary>
    public static MergeTable ReadText(byte[] text, VocabularyBuilder vocabulary, string file)
    {
        var table = new MergeTable(Math.Min(text.AsSpan().Count((byte)'\n') + 1, Limit));
        var reader = new MergesReader(vocabulary, table, file);
        var first = true;
        foreach (var range in text.AsSpan().Split((byte)'\n'))
        {
            var line = text.AsSpan(range).TrimEnd((byte)'\r');
            if (!line.IsEmpty && !(first && line.StartsWith("#version"u8)))
                reader.AddPair(line);
            first = false;
        }
        return table;
    }

    /// <summary>Reads the JSON array on whose opening bracket the reader stands.</summary>
    public static MergeTable ReadJson(ref Utf8JsonReader json, VocabularyBuilder vocabulary, string file)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw new TokenizerException($"{file}: 'merges' is {json.TokenType}, not an array. Fetch the file again.");
        // A merge makes a token, so there are no more of them than tokens.
        var table = new MergeTable(vocabulary.Count);
        var reader = new MergesReader(vocabulary, table, file);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.String)
                reader.AddPair(Encoding.UTF8.GetBytes(json.GetString()!));
            else
                reader.AddPairOfStrings(ref json);
        }
        return table;
    }

    private void AddPairOfStrings(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray || !json.Read() || json.TokenType != JsonTokenType.String)
            throw Wrong("is neither a string nor a pair of strings");
        var left = Hold(_spelling.Bytes(ref json, file), 0);
        if (!json.Read() || json.TokenType != JsonTokenType.String)
            throw Wrong("is not a pair of strings");
        var both = Hold(_spelling.Bytes(ref json, file), left);
        if (!json.Read() || json.TokenType != JsonTokenType.EndArray)
            throw Wrong("is not a pair of strings");
        Add(left, both);
    }

    private void AddPair(ReadOnlySpan<byte> pair)
    {
        var space = pair.IndexOf((byte)' ');
        if (space <= 0 || space == pair.Length - 1)
            throw Wrong($"is {VocabularyBuilder.Show(pair)}, not two tokens with a space between them");
        var left = Hold(_spelling.Bytes(pair[..space], file), 0);
        Add(left, Hold(_spelling.Bytes(pair[(space + 1)..], file), left));
    }

    /// <summary>Keeps a token's bytes after those of the pair's left one; returns where they end.</summary>
    private int Hold(ReadOnlySpan<byte> bytes, int at)
    {
        if (at + bytes.Length > _merged.Length)
            Array.Resize(ref _merged, (at + bytes.Length) * 2);
        bytes.CopyTo(_merged.AsSpan(at));
        return at + bytes.Length;
    }

    private void Add(int leftLength, int length)
    {
        var left = Known(_merged.AsSpan(0, leftLength));
        var right = Known(_merged.AsSpan(leftLength, length - leftLength));
        var merged = Known(_merged.AsSpan(0, length));
        if (table.RankCount >= vocabulary.Count)
            throw Wrong($"is one more than the {vocabulary.Count} tokens of the vocabulary");
        if (!table.TryAdd(left, right, merged))
            throw Wrong($"repeats the pair {VocabularyBuilder.Show(vocabulary.BytesOf(left))} {VocabularyBuilder.Show(vocabulary.BytesOf(right))}");
    }

    private int Known(ReadOnlySpan<byte> token)
    {
        var id = vocabulary.Find(token);
        return id >= 0 ? id : throw Wrong($"needs the token {VocabularyBuilder.Show(token)}, which is not in the vocabulary");
    }

    private TokenizerException Wrong(string found) => new(
        $"{file}: merge {table.RankCount} {found}. Vocabulary and merges are damaged or from different revisions; fetch the tokenizer files again.");
}
