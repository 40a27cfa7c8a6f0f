using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>The words for number formats on the command line.</summary>
internal static class BenchFormats
{
    public static string[] Weights { get; } = [.. WeightNames.All];

    public static string[] Kv { get; } = ["auto", "f32", "bf16", "int8"];

    /// <summary>What the words mean.</summary>
    /// <exception cref="ArgumentException">An unknown word.</exception>
    public static TextModelOptions Options(int threads, string weights, string compute, string kv) => new()
    {
        Threads = threads,
        Format = compute switch
        {
            "f32" => ComputeFormat.F32,
            "bf16" => ComputeFormat.BF16,
            _ => throw new ArgumentException($"'{compute}' is no compute format; they are f32 and bf16."),
        },
        Weights = WeightNames.Parse(weights),
        Kv = Enum.TryParse<KvFormat>(kv, ignoreCase: true, out var cached) && Kv.Contains(kv)
            ? cached
            : throw new ArgumentException($"'{kv}' is no form of keys and values; they are {string.Join(", ", Kv)}."),
    };
}
