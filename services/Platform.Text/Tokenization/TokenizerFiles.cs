namespace Platform.Text;

/// <summary>Finds and reads a tokenizer's files.</summary>
internal static class TokenizerFiles
{
    /// <summary>The largest file read, in bytes: twenty times the released ones.</summary>
    public const long LargestFile = 256L << 20;

    /// <summary>Reads a folder (tokenizer.json, else vocab.json and merges.txt), or a tokenizer.json by its path.</summary>
    public static TokenizerDefinition Read(string directoryOrFile, SplitRule? split)
    {
        if (File.Exists(directoryOrFile))
            return FromTokenizerJson(directoryOrFile, split);
        if (!Directory.Exists(directoryOrFile))
        {
            throw new TokenizerException(
                $"'{directoryOrFile}' is neither a folder nor a file. Give the checkpoint's folder, or the path of its tokenizer.json.");
        }
        var tokenizerJson = Path.Combine(directoryOrFile, "tokenizer.json");
        if (File.Exists(tokenizerJson))
            return FromTokenizerJson(tokenizerJson, split);
        var vocabulary = Path.Combine(directoryOrFile, "vocab.json");
        var merges = Path.Combine(directoryOrFile, "merges.txt");
        if (File.Exists(vocabulary) && File.Exists(merges))
            return FromVocabularyAndMerges(vocabulary, merges, split);
        throw new TokenizerException(
            $"'{directoryOrFile}' holds neither tokenizer.json nor both vocab.json and merges.txt. Fetch the checkpoint's tokenizer files into it.");
    }

    private static TokenizerDefinition FromTokenizerJson(string path, SplitRule? split) => Guarded(path, () =>
    {
        var added = new AddedTokenCollection();
        var content = TokenizerJsonReader.Read(Bytes(path), path, added);
        ReadConfig(path, added);
        var tokens = added.AddTo(content.Vocabulary);
        return new TokenizerDefinition(
            content.Vocabulary.Build(), content.Vocabulary.SingleByteIds(), content.Merges, tokens, split ?? content.Split());
    });

    private static TokenizerDefinition FromVocabularyAndMerges(string vocabularyPath, string mergesPath, SplitRule? split)
    {
        var added = new AddedTokenCollection();
        var vocabulary = Guarded(vocabularyPath, () => VocabularyReader.ReadJson(Bytes(vocabularyPath), vocabularyPath));
        var merges = Guarded(mergesPath, () => MergesReader.ReadText(Bytes(mergesPath), vocabulary, mergesPath));
        var config = ReadConfig(vocabularyPath, added);
        var tokens = added.AddTo(vocabulary);
        return new TokenizerDefinition(
            vocabulary.Build(), vocabulary.SingleByteIds(), merges, tokens, split ?? TokenizerConfigReader.Split(config, added));
    }

    /// <summary>Adds the added tokens of the tokenizer_config.json beside a file, if there is one; returns its expression for the split, if it has one.</summary>
    private static string? ReadConfig(string beside, AddedTokenCollection added)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(beside))!, "tokenizer_config.json");
        return File.Exists(path) ? Guarded(path, () => TokenizerConfigReader.Read(Bytes(path), path, added)) : null;
    }

    private static byte[] Bytes(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > LargestFile)
        {
            throw new TokenizerException(
                $"{path}: {length} bytes, more than the {LargestFile} that a tokenizer file may have. Check that it is the right file.");
        }
        var bytes = File.ReadAllBytes(path);
        return bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        // InvalidOperationException: text in the JSON that is no Unicode, such as half a surrogate pair.
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            throw new TokenizerException($"{path}: not valid JSON of a tokenizer: {exception.Message} Fetch the file again.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{path}: cannot be read: {exception.Message} Check the path and its permissions.", exception);
        }
    }
}
