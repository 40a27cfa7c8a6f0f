using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>The <c>dequant.*</c> tensors: FP8 matrices as the loader widens them.</summary>
internal static class DequantisedGoldens
{
    private const string Prefix = "dequant.";

    public static void Compute(Checkpoint checkpoint, SafetensorsFile goldens, Dictionary<string, GoldenTensor> computed)
    {
        foreach (var name in goldens.Tensors.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (checkpoint.TryGet($"{name[Prefix.Length..]}.weight", out var tensor))
                computed[name] = GoldenTensor.Of(tensor.ToFloats(), [.. tensor.Shape]);
        }
    }
}
