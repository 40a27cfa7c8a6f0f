using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>The loaded parts of a text model, in the order a step meets them, and the memory they share.</summary>
internal sealed class TextModelParts : IDisposable
{
    private readonly ModelContext _context;
    private readonly PagedAttention _attention;
    private readonly ExpertOrder? _experts;
    private readonly PackedMatrix _embeddingTable;
    private readonly PackedMatrix _outputHead;

    public TextModelParts(ModelContext context, WeightLoader weights, TextModelOptions options)
    {
        _context = context;
        var config = context.Config;
        var checkpoint = weights.Checkpoint;
        _attention = new PagedAttention(context.Team, TextModelMemory.KvLayoutOf(checkpoint, options), config.NumAttentionHeads);
        _experts = config.IsMoe ? new ExpertOrder(context.MaxRows, config.NumExperts, config.NumExpertsPerTok) : null;
        Scratch = new StepScratch(config, context.MaxRows);
        Step = new StepContext(context.MaxRows, new RotaryTable(config.RotaryDim, config.Rope), _attention.CreatePlan());
        _outputHead = weights.Pack(checkpoint.OutputHead);
        _embeddingTable = checkpoint.Config.TieWordEmbeddings ? _outputHead : weights.Pack("model.embed_tokens.weight");
        Embedding = new Embedding(context, _embeddingTable);
        Head = new OutputHead(context, _outputHead);
        FinalNorm = weights.NormScale("model.norm.weight");
        Layers = LoadLayers(weights);
        if (checkpoint.HasMtp)
            Mtp = new MtpHead(context, weights, this);
    }

    public StepContext Step { get; }

    public StepScratch Scratch { get; }

    public Embedding Embedding { get; }

    public DecoderLayer[] Layers { get; }

    public float[] FinalNorm { get; }

    public OutputHead Head { get; }

    public MtpHead? Mtp { get; }

    /// <summary>A decoder layer with full attention, which the draft head has too.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="prefix">Name prefix of the layer's tensors.</param>
    /// <param name="index">Layer number, for observers.</param>
    /// <param name="cacheLayer">Its layer in the KV pages.</param>
    public DecoderLayer LoadAttentionLayer(WeightLoader weights, string prefix, int index, int cacheLayer) =>
        LoadLayer(weights, prefix, index, new GatedAttention(_context, weights, $"{prefix}.self_attn", _attention, cacheLayer, Scratch.Parts));

    public void Dispose()
    {
        Mtp?.Dispose();
        foreach (var layer in Layers)
            layer.Dispose();
        if (_embeddingTable != _outputHead)
            _embeddingTable.Dispose();
        _outputHead.Dispose();
        _attention.Dispose();
        Step.Dispose();
        Scratch.Dispose();
    }

    private DecoderLayer[] LoadLayers(WeightLoader weights)
    {
        var layers = new DecoderLayer[_context.Config.NumHiddenLayers];
        int attentionLayers = 0, linearLayers = 0;
        for (var i = 0; i < layers.Length; i++)
        {
            var prefix = $"model.layers.{i}";
            layers[i] = _context.Config.LayerTypes[i] == LayerKind.FullAttention
                ? LoadAttentionLayer(weights, prefix, i, attentionLayers++)
                : LoadLayer(weights, prefix, i, new GatedDeltaNet(_context, weights, $"{prefix}.linear_attn", linearLayers++, Scratch.Parts));
        }

        return layers;
    }

    private DecoderLayer LoadLayer(WeightLoader weights, string prefix, int index, IMixer mixer) => new(
        _context,
        index,
        weights.NormScale($"{prefix}.input_layernorm.weight"),
        mixer,
        weights.NormScale($"{prefix}.post_attention_layernorm.weight"),
        LoadFeedForward(weights, $"{prefix}.mlp"));

    private IFeedForward LoadFeedForward(WeightLoader weights, string prefix) => _experts is null
        ? new DenseMlp(_context, weights, prefix, Scratch.Parts)
        : new SparseMoe(_context, weights, prefix, _experts, Scratch.Parts);
}
