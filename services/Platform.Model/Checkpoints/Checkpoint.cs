namespace Platform.Model;

/// <summary>A checkpoint folder in the published layout, opened and checked: every tensor its config calls for is there, in shape, and no other.</summary>
/// <remarks>
/// Names are canonical: text weights begin with <c>model.</c> even where the file says <c>model.language_model.</c>; vision weights with
/// <c>model.visual.</c>; the draft head's with <c>mtp.</c>; the output head is <c>lm_head.weight</c>. Weights stay in the mapped files and are
/// read on demand, from any thread; scales of FP8 weights are read and checked when the checkpoint is opened.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly CheckpointFiles _files;
    private readonly Dictionary<string, CheckpointTensor> _tensors;
    private readonly Lazy<string> _contentId;

    private Checkpoint(ModelConfig config, CheckpointFiles files, CheckpointContents contents)
    {
        Config = config;
        HasMtp = contents.HasMtp;
        _files = files;
        _tensors = contents.Tensors;
        _contentId = new Lazy<string>(() => ContentIdentity.Compute(Config, _tensors.Values));
    }

    /// <summary>The model's shape; that of the text-only architecture when opened text-only.</summary>
    public ModelConfig Config { get; }

    /// <summary>Whether the vision tower is there.</summary>
    public bool HasVision => Config.Vision is not null;

    /// <summary>Whether the multi-token prediction head is there; false for a checkpoint that announces one but holds none of its tensors.</summary>
    public bool HasMtp { get; }

    /// <summary>
    /// Short stable name of the content: "c1-" and 16 hexadecimal digits over the config, every tensor's name, type and shape, and 64 bytes
    /// at the beginning, the middle and the end of each. The same for one file and for shards. A change in no sampled byte goes unseen.
    /// </summary>
    public string ContentId => _contentId.Value;

    /// <summary>Every tensor; scales belong to their weights and are not listed.</summary>
    public IReadOnlyCollection<CheckpointTensor> Tensors => _tensors.Values;

    /// <summary>The output head [V, H]: the embedding table when tied.</summary>
    public CheckpointTensor OutputHead => Get(Config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight");

    /// <summary>Opens a folder with <c>config.json</c> and <c>model.safetensors</c> (or shards under <c>model.safetensors.index.json</c>).</summary>
    /// <exception cref="CheckpointException">Names each config value or tensor that is wrong, what was found and what was needed.</exception>
    public static Checkpoint Open(string directory, CheckpointOptions? options = null)
    {
        options ??= new CheckpointOptions();
        var config = ModelConfig.Load(directory);
        if (options.TextOnly)
            config = config.WithoutVision();
        var files = CheckpointFiles.Open(directory);
        try
        {
            return new Checkpoint(config, files, CheckpointContents.Match(config, files, options));
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Looks a tensor up by canonical name.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CheckpointTensor? tensor) =>
        _tensors.TryGetValue(name, out tensor);

    /// <summary>A tensor by canonical name.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no such tensor.</exception>
    public CheckpointTensor Get(string name) =>
        TryGet(name, out var tensor)
            ? tensor
            : throw new CheckpointException(new CheckpointProblem(
                CheckpointProblemKind.Missing, name, "no such tensor", "a name this checkpoint's config calls for", "Names are canonical: text weights begin with model."));

    /// <summary>One matrix of one expert, however the file holds it: gate and up are [I, H], down is [H, I].</summary>
    /// <param name="mlpPrefix">The layer's feed-forward, such as <c>model.layers.3.mlp</c> or <c>mtp.layers.0.mlp</c>.</param>
    /// <param name="expert">0 to E − 1.</param>
    /// <param name="part">Which matrix.</param>
    /// <exception cref="CheckpointException">There is no such layer, or it has no experts.</exception>
    public CheckpointTensor Expert(string mlpPrefix, int expert, ExpertPart part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expert);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(expert, Config.Text.NumExperts);
        long hidden = Config.Text.HiddenSize;
        long intermediate = Config.Text.MoeIntermediateSize;
        var fusedName = part == ExpertPart.Down ? $"{mlpPrefix}.experts.down_proj" : $"{mlpPrefix}.experts.gate_up_proj";
        if (!TryGet(fusedName, out var fused))
            return Get(ExpertSpec.SingleName(mlpPrefix, expert, part));
        return part switch
        {
            ExpertPart.Gate => fused.Slice($"{expert}, gate", 2 * expert * intermediate, intermediate),
            ExpertPart.Up => fused.Slice($"{expert}, up", (2 * expert + 1) * intermediate, intermediate),
            _ => fused.Slice($"{expert}", expert * hidden, hidden),
        };
    }

    /// <summary>Closes the files; no read may be under way.</summary>
    public void Dispose() => _files.Dispose();
}
