namespace Platform.Model;

/// <summary>Sampling defaults and stop ids of a checkpoint, from <c>generation_config.json</c>. Null where the file says nothing.</summary>
public sealed record GenerationConfig
{
    private const string FileName = "generation_config.json";

    public bool? DoSample { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? TopK { get; init; }

    public double? MinP { get; init; }

    public double? PresencePenalty { get; init; }

    public double? FrequencyPenalty { get; init; }

    public double? RepetitionPenalty { get; init; }

    /// <summary>Ids that end a text; empty where the file has none.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Reads a checkpoint folder's file; a folder without one gives an empty record.</summary>
    /// <exception cref="CheckpointException">The file is no JSON, or a value is of the wrong type or out of range.</exception>
    public static GenerationConfig Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? Parse(JsonFile.Read(path)) : new GenerationConfig();
    }

    /// <summary>Parses the text of the file. Unknown keys are ignored.</summary>
    /// <exception cref="CheckpointException">No JSON, or a value is of the wrong type or out of range.</exception>
    public static GenerationConfig Parse(ReadOnlySpan<byte> json)
    {
        using var document = JsonFile.Parse(FileName, json);
        var root = ConfigSection.Root(FileName, document.RootElement);
        return new GenerationConfig
        {
            DoSample = root.OptionalBool("do_sample"),
            Temperature = Between(root, "temperature", 0, 100),
            TopP = Between(root, "top_p", 0, 1),
            TopK = (int?)Between(root, "top_k", -1, int.MaxValue),
            MinP = Between(root, "min_p", 0, 1),
            PresencePenalty = Between(root, "presence_penalty", -100, 100),
            FrequencyPenalty = Between(root, "frequency_penalty", -100, 100),
            RepetitionPenalty = Between(root, "repetition_penalty", 1e-6, 100),
            EosTokenIds = root.Ints("eos_token_id") ?? [],
        };
    }

    private static double? Between(ConfigSection root, string key, double least, double most)
    {
        var value = root.OptionalNumber(key);
        if (value is { } number && !(number >= least && number <= most))
            throw root.Wrong(key, FormattableString.Invariant($"{number}"), FormattableString.Invariant($"{least} to {most}"));
        return value;
    }
}
