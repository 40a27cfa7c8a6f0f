namespace Platform.Model;

/// <summary>Writes a checkpoint of random weights in the published layout: for tests, demonstrations and measurements without a download.</summary>
public static class RandomCheckpoint
{
    /// <summary>Writes config, weights and tokenizer files. Weights stream through bounded memory; the folder appears whole or not at all.</summary>
    /// <param name="directory">Created if absent; must be empty unless <see cref="RandomCheckpointOptions.Overwrite"/>.</param>
    /// <param name="config">The shape; its quantization is set by <see cref="RandomCheckpointOptions.Format"/>.</param>
    /// <param name="options">Seed, format and tokenizer.</param>
    /// <param name="progress">Told the written part, 0 to 1.</param>
    /// <param name="cancellationToken">Stops between chunks; what was written is removed.</param>
    /// <exception cref="CheckpointException">The config is out of range.</exception>
    /// <exception cref="ArgumentException">No tokenizer choice, several, or one that does not fit the config.</exception>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static RandomCheckpointSummary Write(
        string directory,
        ModelConfig config,
        RandomCheckpointOptions options,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        config.Check();
        config = config with { Quantization = options.Format == WeightFormat.Fp8 ? WeightPlan.QuantizationOf(config) : null };
        CheckTokenizerChoice(config, options);

        using var staging = StagingFolder.For(directory, options.Overwrite);
        var summary = WriteWeights(staging.Path, config, options, progress, cancellationToken);
        CheckpointSideFiles.Write(staging.Path, config, options);
        cancellationToken.ThrowIfCancellationRequested();
        staging.Publish();
        return summary;
    }

    private static RandomCheckpointSummary WriteWeights(
        string directory,
        ModelConfig config,
        RandomCheckpointOptions options,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var plan = WeightPlan.Of(config, options);
        var source = new RandomWeightSource(options);
        var written = 0L;
        foreach (var shard in plan.Shards)
        {
            using var file = SafetensorsWriter.Create(Path.Combine(directory, shard.FileName), [.. shard.Weights.SelectMany(weight => weight.Declarations)]);
            foreach (var weight in shard.Weights)
            {
                source.Write(weight, bytes =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    file.Write(bytes);
                    written += bytes.Length;
                    progress?.Report((double)written / plan.Bytes);
                });
            }

            file.Complete();
        }

        plan.WriteIndex(directory);
        return new RandomCheckpointSummary(plan.Parameters, plan.Bytes, plan.Tensors, plan.Shards.Count);
    }

    private static void CheckTokenizerChoice(ModelConfig config, RandomCheckpointOptions options)
    {
        var choices = (options.Vocabulary is not null ? 1 : 0) + (options.TokenizerDirectory is not null ? 1 : 0) + (options.WithoutTokenizer ? 1 : 0);
        if (choices != 1)
        {
            throw new ArgumentException(
                $"{choices} tokenizer choices were made; make one: a bundled vocabulary, a folder with tokenizer files, or explicitly none.");
        }

        if (options.Vocabulary is { } vocabulary && config.Text.VocabSize != vocabulary.Rows)
        {
            throw new ArgumentException(
                $"The config has {config.Text.VocabSize} embedding rows, the vocabulary {vocabulary.Name} needs {vocabulary.Rows}: apply the vocabulary to the config first.");
        }
    }
}
