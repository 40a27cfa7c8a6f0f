using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// Names what a model's numbers depend on: the checkpoint, the number formats of products and cache, and the version of the kernels' arithmetic. Two engines with
/// the same id give the same bits for the same tokens; a state of another id must be recomputed.
/// </summary>
public static class NumericsId
{
    /// <summary>Raised whenever a change to a kernel or a layer changes any bit.</summary>
    public const int KernelVersion = 2;

    /// <summary>
    /// The id, for example "k2-f32-c1-0123456789abcdef", or "k2-bf16-i8-kvint8-c1-..." where weights are quantised and the cache's format is not
    /// the usual one. The kernel tier does not appear: all tiers give the same bits.
    /// </summary>
    public static string Of(Checkpoint checkpoint, TextModelOptions options) =>
        $"k{KernelVersion}-{Name(options.Format)}{Weights(options.Weights)}{Cache(options)}-{checkpoint.ContentId}";

    private static string Name(ComputeFormat format) => format == ComputeFormat.F32 ? "f32" : "bf16";

    private static string Weights(WeightPacking packing) => packing switch
    {
        WeightPacking.Int8 => "-i8",
        WeightPacking.Int4 => "-i4",
        _ => "",
    };

    private static string Cache(TextModelOptions options) =>
        options.KvStorage == options.AutoKvStorage ? "" : $"-kv{options.KvStorage.ToString().ToLowerInvariant()}";
}
