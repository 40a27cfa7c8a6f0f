using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>The names of a model's number formats in reports.</summary>
internal static class FormatNames
{
    /// <summary>Weights, compute and keys and values, as name and value.</summary>
    public static IEnumerable<(string Name, string Value)> Of(TextModelOptions options)
    {
        yield return ("weights", Weights(options));
        yield return ("compute", Compute(options));
        yield return ("keys and values", Kv(options));
    }

    public static string Weights(TextModelOptions options) => options.Weights switch
    {
        WeightPacking.Int8 => "INT8, a scale per 32 inputs (8.5 bits)",
        WeightPacking.Int4 => "INT4, a scale per 32 inputs (4.5 bits)",
        _ => options.Format == ComputeFormat.BF16 ? "BF16" : "as stored",
    };

    public static string Compute(TextModelOptions options) => options switch
    {
        { Weights: not WeightPacking.AsStored } => "inputs in INT8 blocks, float32 sums",
        { Format: ComputeFormat.BF16 } => "inputs in BF16, float32 sums",
        _ => "float32",
    };

    public static string Kv(TextModelOptions options) => options.KvStorage.ToString().ToUpperInvariant();
}
