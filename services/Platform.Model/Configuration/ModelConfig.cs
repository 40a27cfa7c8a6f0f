namespace Platform.Model;

/// <summary>A model's shape, read from the checkpoint's <c>config.json</c> and checked. Immutable.</summary>
public sealed record ModelConfig
{
    public required Architecture Architecture { get; init; }

    public required TextConfig Text { get; init; }

    /// <summary>The vision tower, or null in a text-only architecture.</summary>
    public VisionConfig? Vision { get; init; }

    /// <summary>Whether the output head is the embedding table.</summary>
    public bool TieWordEmbeddings { get; init; }

    public int? ImageTokenId { get; init; }

    public int? VideoTokenId { get; init; }

    public int? VisionStartTokenId { get; init; }

    public int? VisionEndTokenId { get; init; }

    /// <summary>How FP8 weights are stored, or null in a checkpoint without them.</summary>
    public QuantizationConfig? Quantization { get; init; }

    /// <summary>Reads <c>config.json</c> of a checkpoint folder.</summary>
    /// <exception cref="CheckpointException">The file is absent or no JSON, or a value is absent, of the wrong type or out of range.</exception>
    public static ModelConfig Load(string directory) =>
        Parse(JsonFile.Read(Path.Combine(directory, "config.json")));

    /// <summary>Parses the text of a <c>config.json</c>, nested or flat. Unknown keys are ignored.</summary>
    /// <exception cref="CheckpointException">No JSON, or a value is absent, of the wrong type or out of range.</exception>
    public static ModelConfig Parse(ReadOnlySpan<byte> json)
    {
        using var document = JsonFile.Parse("config.json", json);
        var config = ModelConfigParser.Parse(ConfigSection.Root("config.json", document.RootElement));
        config.Check();
        return config;
    }

    /// <summary>Checks every value and the rules between them; <see cref="Parse"/> has done so already.</summary>
    /// <exception cref="CheckpointException">Names the first key that is out of range.</exception>
    public void Check() => ModelConfigRules.Check(this);

    /// <summary>The text model alone: the text-only architecture of the same kind, without a vision part.</summary>
    public ModelConfig WithoutVision() => this with
    {
        Architecture = Text.IsMoe ? Architecture.MoeCausal : Architecture.DenseCausal,
        Vision = null,
    };

    /// <summary>The config in the published layout (nested for a model with vision), indented UTF-8.</summary>
    public byte[] ToJson() => ModelConfigWriter.Write(this);
}
