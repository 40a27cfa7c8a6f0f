using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Bench;

/// <summary>Counts the least bytes and operations of a model's steps from its shapes and formats.</summary>
internal sealed record StepCosts
{
    // Per element of a recurrent state and token: decay, recall, write and read are a multiply-add each, less one.
    private const double DeltaOperations = 7;

    /// <summary>Packed bytes of all matrices that every step reads, the output head included.</summary>
    public required double DenseBytes { get; init; }

    /// <summary>Elements of those matrices without the head.</summary>
    public required double DenseElements { get; init; }

    /// <summary>Elements of the output head.</summary>
    public required double HeadElements { get; init; }

    /// <summary>Packed bytes of one expert of one layer; 0 in a dense model.</summary>
    public required double ExpertBytes { get; init; }

    /// <summary>Elements of one expert of one layer.</summary>
    public required double ExpertElements { get; init; }

    /// <summary>Layers with experts.</summary>
    public required int ExpertLayers { get; init; }

    /// <summary>The text model's shape.</summary>
    public required TextConfig Shape { get; init; }

    /// <summary>Bytes of keys and values of one position, all attention layers.</summary>
    public required double KvBytesPerToken { get; init; }

    /// <summary>Bytes of one sequence's recurrent states; 0 without linear attention.</summary>
    public required double StateBytes { get; init; }

    private int AttentionLayers => Shape.LayerTypes.Count(kind => kind == LayerKind.FullAttention);

    private int LinearLayers => Shape.NumHiddenLayers - AttentionLayers;

    private double AttentionOperationsPerPosition => 4.0 * Shape.NumAttentionHeads * Shape.HeadDim * AttentionLayers;

    private double DeltaOperationsPerToken => DeltaOperations * Shape.LinearNumValueHeads * Shape.LinearKeyHeadDim * Shape.LinearValueHeadDim * LinearLayers;

    /// <summary>Counts a checkpoint as it would be packed.</summary>
    public static StepCosts Of(Checkpoint checkpoint, TextModelOptions options)
    {
        var text = checkpoint.Config.Text;
        var head = checkpoint.OutputHead.Name;
        var dense = new List<CheckpointTensor>();
        double expertBytes = 0, expertElements = 0;
        foreach (var tensor in checkpoint.Tensors.Where(IsOfStep))
        {
            if (tensor.Name.Contains(".mlp.experts", StringComparison.Ordinal))
            {
                expertBytes += TextModelMemory.PackedBytes(tensor, options);
                expertElements += tensor.ElementCount;
            }
            else if (tensor.Name != "model.embed_tokens.weight" || tensor.Name == head)
            {
                // An embedding table of its own is read one row a token: nothing beside the rest.
                dense.Add(tensor);
            }
        }

        var layers = text.IsMoe ? text.NumHiddenLayers : 0;
        var experts = Math.Max(1.0, (double)layers * text.NumExperts);
        var memory = TextModelMemory.Of(checkpoint, options);
        var attention = text.LayerTypes.Count(kind => kind == LayerKind.FullAttention);
        var cached = Math.Max(1, attention + (checkpoint.HasMtp ? text.MtpNumHiddenLayers : 0));
        return new StepCosts
        {
            DenseBytes = dense.Sum(tensor => (double)TextModelMemory.PackedBytes(tensor, options)),
            DenseElements = dense.Where(tensor => tensor.Name != head).Sum(tensor => (double)tensor.ElementCount),
            HeadElements = checkpoint.OutputHead.ElementCount,
            ExpertBytes = expertBytes / experts,
            ExpertElements = expertElements / experts,
            ExpertLayers = layers,
            Shape = text,
            KvBytesPerToken = (double)memory.Page / KvCache.PagePositions * attention / cached,
            StateBytes = attention == text.NumHiddenLayers ? 0 : memory.Slot,
        };

        static bool IsOfStep(CheckpointTensor tensor) =>
            !tensor.Name.StartsWith("mtp.", StringComparison.Ordinal) && !tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal);
    }

    /// <summary>One decode step.</summary>
    /// <param name="batch">Sequences, a token each.</param>
    /// <param name="context">Positions each attends to.</param>
    /// <param name="expertsRead">Different experts that a layer's tokens go to, on average; null: as even, independent routing would give.</param>
    public StepCost Decode(int batch, int context, double? expertsRead = null) => new(
        DenseBytes + ExpertLayers * ExpertBytes * (expertsRead ?? ExpectedExperts(batch)) + batch * (KvBytesPerToken * context + 2 * StateBytes),
        batch * (OperationsPerToken + 2 * HeadElements + AttentionOperationsPerPosition * context));

    /// <summary>A whole prompt, with logits for its last token.</summary>
    /// <param name="tokens">Its length.</param>
    /// <param name="chunk">Tokens a step feeds; weights are read once a step.</param>
    public StepCost Prefill(int tokens, int chunk)
    {
        double steps = (tokens + chunk - 1) / chunk;
        return new StepCost(
            steps * (DenseBytes + ExpertLayers * ExpertBytes * ExpectedExperts(Math.Min(tokens, chunk)) + 2 * StateBytes)
            + KvBytesPerToken * tokens * (steps + 1) / 2,
            tokens * (OperationsPerToken + AttentionOperationsPerPosition * tokens / 2) + 2 * HeadElements);
    }

    /// <summary>Different experts a layer needs for a batch when each token draws its own evenly: E·(1 − (1 − k/E)^B).</summary>
    public double ExpectedExperts(int batch) => ExpertLayers == 0
        ? 0
        : Shape.NumExperts * (1 - Math.Pow(1 - (double)Shape.NumExpertsPerTok / Shape.NumExperts, batch));

    private double OperationsPerToken =>
        2 * DenseElements + 2 * ExpertElements * Shape.NumExpertsPerTok * ExpertLayers + DeltaOperationsPerToken;
}
