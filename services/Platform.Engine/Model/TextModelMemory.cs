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
        StepScratch.Bytes(checkpoint.Config.Text, options.MaxBatchedTokens),
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

    /// <summary>Bytes of one tensor as it is packed.</summary>
    internal static long PackedBytes(CheckpointTensor tensor, TextModelOptions options) =>
        tensor.ElementCount * (WeightLoader.StorageOf(options.Format, [tensor]) == PanelStorage.F32 || tensor.Shape.Count == 1 ? 4 : 2);

    private static bool IsText(CheckpointTensor tensor) => !tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal);
}
