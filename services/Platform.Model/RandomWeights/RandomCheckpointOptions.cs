namespace Platform.Model;

/// <summary>How a checkpoint of random weights is made. Exactly one of the three tokenizer choices must be made.</summary>
public sealed record RandomCheckpointOptions
{
    /// <summary>The same seed and shape give the same bytes on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How weights are stored.</summary>
    public WeightFormat Format { get; init; } = WeightFormat.BF16;

    /// <summary>
    /// Standard deviation of every matrix, 0.02 in the reference. Null draws each matrix with 1/sqrt(inputs), embeddings and head with
    /// 2/sqrt(hidden), so that logits spread over a few units and greedy choices are clear even in a tiny model.
    /// </summary>
    public float? StandardDeviation { get; init; }

    /// <summary>Largest shard in bytes, before the tensor that would cross it; a smaller checkpoint is one file.</summary>
    public long MaxShardBytes { get; init; } = 4L << 30;

    /// <summary>A tokenizer that ships with this program; the config must have its size.</summary>
    public BundledVocabulary? Vocabulary { get; init; }

    /// <summary>A folder whose tokenizer files are copied.</summary>
    public string? TokenizerDirectory { get; init; }

    /// <summary>Writes no tokenizer: such a checkpoint loads and runs on token ids, but answers no text.</summary>
    public bool WithoutTokenizer { get; init; }

    /// <summary>Replaces the checkpoint files of a folder that is not empty; other files stay.</summary>
    public bool Overwrite { get; init; }
}
