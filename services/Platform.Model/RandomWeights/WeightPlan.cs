using System.Text.Json;

namespace Platform.Model;

/// <summary>A weight to be written: what it is, under which name, and as which tensors (an FP8 weight has its scales beside it).</summary>
internal sealed record PlannedWeight(TensorSpec Spec, IReadOnlyList<TensorDeclaration> Declarations)
{
    public bool IsFp8 => Declarations.Count == 2;

    public long Bytes => Declarations.Sum(declaration => declaration.ByteLength);
}

/// <summary>A safetensors file to be written.</summary>
internal sealed record PlannedShard(string FileName, IReadOnlyList<PlannedWeight> Weights);

/// <summary>Which tensors go into which files, in which form and type.</summary>
internal sealed class WeightPlan
{
    private const string SingleName = "model.safetensors";

    private WeightPlan(IReadOnlyList<PlannedShard> shards)
    {
        Shards = shards;
        Bytes = shards.Sum(shard => shard.Weights.Sum(weight => weight.Bytes));
        Parameters = shards.Sum(shard => shard.Weights.Sum(weight => weight.Declarations[0].ElementCount));
        Tensors = shards.Sum(shard => shard.Weights.Sum(weight => weight.Declarations.Count));
    }

    public IReadOnlyList<PlannedShard> Shards { get; }

    public long Bytes { get; }

    public long Parameters { get; }

    public int Tensors { get; }

    public static WeightPlan Of(ModelConfig config, RandomCheckpointOptions options)
    {
        var weights = Specs(config, options.Format)
            .Select(spec => new PlannedWeight(spec, Declare(spec, config, options.Format)))
            .OrderBy(weight => weight.Declarations[0].Name, StringComparer.Ordinal);
        var parts = Split(weights, options.MaxShardBytes);
        return new WeightPlan([.. parts.Select((part, i) => new PlannedShard(ShardName(i, parts.Count), part))]);
    }

    /// <summary>The released block size, with the names of the modules that stay in full precision.</summary>
    public static QuantizationConfig QuantizationOf(ModelConfig config)
    {
        const string Suffix = ".weight";
        var kept = CheckpointLayout.Of(config, withMtp: config.Text.MtpNumHiddenLayers > 0).Tensors
            .Where(spec => spec.Role is TensorRole.Linear or TensorRole.Embedding or TensorRole.Convolution)
            .Where(spec => spec.Name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(spec => FileName(spec.Name, config)[..^Suffix.Length]);
        return new QuantizationConfig { ModulesToNotConvert = [.. kept.Order(StringComparer.Ordinal)] };
    }

    public void WriteIndex(string directory)
    {
        if (Shards.Count == 1)
            return;
        using var stream = new FileStream(Path.Combine(directory, $"{SingleName}.index.json"), FileMode.Create, FileAccess.Write);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", Bytes);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach (var shard in Shards)
        {
            foreach (var declaration in shard.Weights.SelectMany(weight => weight.Declarations))
                json.WriteString(declaration.Name, shard.FileName);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>BF16 releases fuse the experts of the main layers but not the draft head's; FP8 releases fuse none.</summary>
    private static IEnumerable<TensorSpec> Specs(ModelConfig config, WeightFormat format)
    {
        var layout = CheckpointLayout.Of(config, withMtp: config.Text.MtpNumHiddenLayers > 0);
        foreach (var spec in layout.Tensors)
            yield return spec;
        foreach (var experts in layout.Experts)
        {
            if (format != WeightFormat.Fp8 && !experts.MlpPrefix.StartsWith("mtp.", StringComparison.Ordinal))
            {
                yield return experts.FusedGateUp;
                yield return experts.FusedDown;
                continue;
            }

            for (var expert = 0; expert < experts.Experts; expert++)
            {
                foreach (var part in Enum.GetValues<ExpertPart>())
                    yield return experts.Single(expert, part);
            }
        }
    }

    private static TensorDeclaration[] Declare(TensorSpec spec, ModelConfig config, WeightFormat format)
    {
        var name = FileName(spec.Name, config);
        if (format == WeightFormat.Fp8 && spec.Role == TensorRole.QuantizedLinear)
        {
            var blocks = config.Quantization!;
            return
            [
                new TensorDeclaration(name, TensorType.F8E4M3, spec.Shape),
                new TensorDeclaration(
                    name + "_scale_inv",
                    TensorType.BF16,
                    [BlockScales.BlockCount(spec.Shape[0], blocks.BlockRows), BlockScales.BlockCount(spec.Shape[1], blocks.BlockColumns)]),
            ];
        }

        var keepsFloat = format == WeightFormat.F32 || spec.Role is TensorRole.DecayLog or TensorRole.GatedNorm;
        return [new TensorDeclaration(name, keepsFloat ? TensorType.F32 : TensorType.BF16, spec.Shape)];
    }

    private static string FileName(string canonical, ModelConfig config)
    {
        const string Text = "model.";
        var isText = canonical.StartsWith(Text, StringComparison.Ordinal) && !canonical.StartsWith("model.visual.", StringComparison.Ordinal);
        return isText && config.Architecture.IsNested() ? $"model.language_model.{canonical.AsSpan(Text.Length)}" : canonical;
    }

    private static List<List<PlannedWeight>> Split(IEnumerable<PlannedWeight> weights, long maxShardBytes)
    {
        var parts = new List<List<PlannedWeight>> { new() };
        var bytes = 0L;
        foreach (var weight in weights)
        {
            if (bytes > 0 && bytes + weight.Bytes > maxShardBytes)
            {
                parts.Add([]);
                bytes = 0;
            }

            parts[^1].Add(weight);
            bytes += weight.Bytes;
        }

        return parts;
    }

    private static string ShardName(int index, int count) =>
        count == 1 ? SingleName : FormattableString.Invariant($"model-{index + 1:D5}-of-{count:D5}.safetensors");
}
