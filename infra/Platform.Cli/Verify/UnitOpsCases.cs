using System.Text.Json;

namespace Platform.Cli.Verify;

/// <summary>The settings and tensors of a folder of operator cases.</summary>
internal sealed class UnitOpsCases(JsonElement config, Func<string, GoldenTensor> read)
{
    /// <summary>Names that are fed in.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
    [
        "gdn.q", "gdn.k", "gdn.v", "gdn.a", "gdn.beta", "gdn.A_log", "gdn.dt_bias", "gdn.initial_state",
        "conv.x", "conv.weight", "conv.state", "rope.position_ids", "rope.q",
        "rmsnorm.x", "rmsnorm.weight", "gated_norm.x", "gated_norm.gate", "gated_norm.weight",
        "e4m3.x", "e4m3.edge.x", "e4m3.block.w",
    ];

    public GoldenTensor Read(string name) => read(name);

    public float[] Floats(string name) => read(name).Floats ?? throw new InvalidDataException($"The golden tensor '{name}' should hold floats.");

    public long[] Integers(string name) => read(name).Integers ?? throw new InvalidDataException($"The golden tensor '{name}' should hold integers.");

    /// <summary>A number of config.json by its path.</summary>
    public double Number(params ReadOnlySpan<string> path) => Element(path).GetDouble();

    /// <summary>A list of whole numbers of config.json by its path.</summary>
    public int[] Numbers(params ReadOnlySpan<string> path) => [.. Element(path).EnumerateArray().Select(item => item.GetInt32())];

    private JsonElement Element(ReadOnlySpan<string> path)
    {
        var element = config;
        foreach (var key in path)
            element = element.GetProperty(key);
        return element;
    }
}
