using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>The names of a model's number formats.</summary>
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
        WeightPacking.Int8 => "INT8, a scale per 32 inputs",
        WeightPacking.Int4 => "INT4, a scale per 32 inputs",
        _ => options.Format == ComputeFormat.BF16 ? "BF16" : "as stored",
    };

    public static string Compute(TextModelOptions options) => options.Format == ComputeFormat.BF16 ? "BF16 inputs, float32 sums" : "float32";

    public static string Kv(TextModelOptions options) => (options.Kv, options.Format) switch
    {
        (KvFormat.Int8, _) => "INT8",
        (KvFormat.BF16, _) or (KvFormat.Auto, ComputeFormat.BF16) => "BF16",
        _ => "float32",
    };
}
