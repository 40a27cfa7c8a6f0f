using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>The memory a text model takes, known before anything is reserved. Bytes.</summary>
/// <param name="Weights">Packed weights.</param>
/// <param name="Scratch">A step's intermediate rows.</param>
/// <param name="Page">One page of the KV cache (64 positions).</param>
/// <param name="Slot">One sequence's linear-attention state.</param>
public sealed record TextModelMemory(long Weights, long Scratch, long Page, long Slot)
{
    /// <summary>Computes it from the checkpoint's shapes.</summary>
    public static TextModelMemory Of(Checkpoint checkpoint, TextModelOptions options) => new(
        checkpoint.Tensors.Where(IsText).Sum(tensor => PackedBytes(tensor, options)),
        StepScratch.Bytes(checkpoint.Config.Text, options.MaxBatchedTokens) + InputBytes(checkpoint.Config.Text, options),
        KvLayoutOf(checkpoint, options).PageBytes,
        StateLayoutOf(checkpoint.Config.Text).SlotBytes);

    /// <summary>How keys and values of a model lie in pages; the draft head's layers follow the model's own.</summary>
    internal static KvLayout KvLayoutOf(Checkpoint checkpoint, TextModelOptions options)
    {
        var config = checkpoint.Config.Text;
        var layers = config.LayerTypes.Count(kind => kind == LayerKind.FullAttention) + (checkpoint.HasMtp ? config.MtpNumHiddenLayers : 0);
        return new KvLayout(Math.Max(layers, 1), config.NumKeyValueHeads, config.HeadDim, options.KvStorage);
    }

    /// <summary>How a model's linear-attention states lie in slots.</summary>
    internal static StateLayout StateLayoutOf(TextConfig config) => new(
        Math.Max(1, config.LayerTypes.Count(kind => kind == LayerKind.LinearAttention)),
        config.LinearNumValueHeads,
        config.LinearKeyHeadDim,
        config.LinearValueHeadDim,
        config.ConvDim,
        config.LinearConvKernelDim);

    private static bool IsText(CheckpointTensor tensor) => !tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal);

    /// <summary>Bytes of one tensor as it is packed.</summary>
    internal static long PackedBytes(CheckpointTensor tensor, TextModelOptions options)
    {
        if (tensor.Shape.Count == 1 || tensor.Name.EndsWith(".conv1d.weight", StringComparison.Ordinal))
            return tensor.ElementCount * sizeof(float);
        // Fused experts are packed one by one.
        var matrices = tensor.Shape.Take(tensor.Shape.Count - 2).Aggregate(1L, (product, count) => product * count);
        var storage = WeightForms.Of(tensor, options.Format, options.Weights);
        return matrices * PackedMatrix.BytesFor((int)tensor.Shape[^2], (int)tensor.Shape[^1], storage);
    }

    // The batch keeps a product group's inputs in the form its weights want; the widest group counts.
    private static long InputBytes(TextConfig config, TextModelOptions options)
    {
        var storage = options.Weights == WeightPacking.AsStored
            ? options.Format == ComputeFormat.BF16 ? PanelStorage.BF16Dot : PanelStorage.BF16
            : PanelStorage.INT8;
        var rows = options.MaxBatchedTokens;
        long Of(long count, int width) => width == 0 ? 0 : GemmBatch.InputBytes((int)count, width, storage);
        var experts = config.IsMoe
            ? Math.Max(
                Of(rows, config.HiddenSize) + Of((long)rows * config.NumExpertsPerTok, config.HiddenSize),
                Of(rows, config.SharedExpertIntermediateSize) + Of((long)rows * config.NumExpertsPerTok, config.MoeIntermediateSize))
            : Of(rows, config.IntermediateSize);
        var mixers = Math.Max(Of(rows, config.NumAttentionHeads * config.HeadDim), Of(rows, config.ValueDim));
        // Beside quantised inputs the same rows as pairs, for the matrices that are never quantised.
        var beside = options.Weights == WeightPacking.AsStored || options.Format == ComputeFormat.F32
            ? 0
            : GemmBatch.InputBytes(rows, 2 * config.HiddenSize, PanelStorage.BF16Dot);
        return Math.Max(Math.Max(experts, mixers), Of(rows, config.HiddenSize)) + beside;
    }
}
