using System.Text.Json.Nodes;

namespace Platform.Model.Tests;

/// <summary>A real checkpoint of a few kilobytes that a test may damage: config as a JSON tree, tensors as bytes under the file's names.</summary>
internal sealed class MiniCheckpoint
{
    private MiniCheckpoint(JsonObject config, SortedDictionary<string, Stored> tensors)
    {
        Config = config;
        Tensors = tensors;
    }

    public JsonObject Config { get; }

    public SortedDictionary<string, Stored> Tensors { get; }

    /// <summary>A mixture of experts with vision and a draft head.</summary>
    public static ModelConfig Shape { get; } = new()
    {
        Architecture = Architecture.MoeConditionalGeneration,
        Text = new TextConfig
        {
            VocabSize = 32,
            HiddenSize = 16,
            NumHiddenLayers = 2,
            NumAttentionHeads = 2,
            NumKeyValueHeads = 1,
            HeadDim = 8,
            LinearNumKeyHeads = 1,
            LinearNumValueHeads = 2,
            LinearKeyHeadDim = 4,
            LinearValueHeadDim = 6,
            NumExperts = 3,
            NumExpertsPerTok = 2,
            MoeIntermediateSize = 5,
            SharedExpertIntermediateSize = 7,
            Rope = new RopeParameters { PartialRotaryFactor = 0.5, MropeSection = [1, 1, 0] },
            LayerTypes = [LayerKind.LinearAttention, LayerKind.FullAttention],
            MtpNumHiddenLayers = 1,
            MaxPositionEmbeddings = 128,
            EosTokenIds = [1],
        },
        Vision = new VisionConfig { Depth = 1, HiddenSize = 8, NumHeads = 2, IntermediateSize = 12, PatchSize = 2, OutHiddenSize = 16, NumPositionEmbeddings = 9 },
        ImageTokenId = 2,
        VideoTokenId = 3,
        VisionStartTokenId = 4,
        VisionEndTokenId = 5,
    };

    public static MiniCheckpoint Create(WeightFormat format = WeightFormat.BF16, ModelConfig? shape = null)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(
            folder.Path,
            shape ?? Shape,
            new RandomCheckpointOptions { Format = format, WithoutTokenizer = true },
            cancellationToken: TestContext.Current.CancellationToken);
        return Load(folder.Path);
    }

    public static MiniCheckpoint Load(string directory)
    {
        using var file = SafetensorsFile.Open(Path.Combine(directory, "model.safetensors"));
        var tensors = new SortedDictionary<string, Stored>(StringComparer.Ordinal);
        foreach (var (name, entry) in file.Tensors)
            tensors.Add(name, new Stored(entry.Type, [.. entry.Shape], file.ReadBytes(name)));
        return new MiniCheckpoint(JsonNode.Parse(File.ReadAllBytes(Path.Combine(directory, "config.json")))!.AsObject(), tensors);
    }

    /// <summary>The one tensor whose name ends so.</summary>
    public string Name(string ending) => Tensors.Keys.Single(name => name.EndsWith(ending, StringComparison.Ordinal));

    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "config.json"), Config.ToJsonString());
        WriteFile(Path.Combine(directory, "model.safetensors"), Tensors);
    }

    public static void WriteFile(string path, IEnumerable<KeyValuePair<string, Stored>> tensors)
    {
        var list = tensors.ToList();
        using var writer = SafetensorsWriter.Create(path, [.. list.Select(pair => new TensorDeclaration(pair.Key, pair.Value.Type, pair.Value.Shape))]);
        foreach (var (_, stored) in list)
            writer.Write(stored.Bytes);
        writer.Complete();
    }

    /// <summary>Saves it in a folder of its own and opens it.</summary>
    public Checkpoint Open(TemporaryFolder folder, CheckpointOptions? options = null)
    {
        var directory = folder.At(Guid.NewGuid().ToString("N"));
        Save(directory);
        return Checkpoint.Open(directory, options);
    }

    /// <summary>What opening it complains about.</summary>
    public IReadOnlyList<CheckpointProblem> Problems(CheckpointOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return Assert.Throws<CheckpointException>(() => Open(folder, options).Dispose()).Problems;
    }

    internal sealed record Stored(TensorType Type, long[] Shape, byte[] Bytes)
    {
        public Stored Reshaped(params long[] shape)
        {
            var declaration = new TensorDeclaration("", Type, shape);
            return new Stored(Type, shape, new byte[declaration.ByteLength]);
        }
    }
}
