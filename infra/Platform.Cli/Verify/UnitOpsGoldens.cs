using System.Text.Json;
using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>
/// Verifies a folder of operator cases (<c>golden.safetensors</c> and a <c>config.json</c> of kind "unit-ops"): the delta rule, the causal
/// convolution, rotary positions, norms and the e4m3 codec, each on the kernel that the engine runs.
/// </summary>
internal static class UnitOpsGoldens
{
    /// <summary>Runs the folder.</summary>
    /// <param name="folder">With config.json and the goldens.</param>
    /// <param name="goldenFile">The golden file, or null for the folder's own.</param>
    /// <param name="kernels">"auto" or "bf16" (the same here: every case fixes its own formats), or "reference".</param>
    /// <returns>One row per golden tensor, in the file's order.</returns>
    public static IReadOnlyList<GoldenRow> Run(string folder, string? goldenFile, string kernels)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        using var file = SafetensorsFile.Open(goldenFile ?? Path.Combine(folder, "golden.safetensors"));
        var set = KernelSet.Of(kernels == "reference" ? KernelTier.Reference : KernelTier.Auto);
        var cases = new UnitOpsCases(config.RootElement, name => GoldenTensor.Read(file, name));
        var families = file.Tensors.Keys.Select(name => name.Split('.')[0]).ToHashSet();
        var computed = new Dictionary<string, Func<GoldenRow>>();
        if (families.Contains("gdn"))
            DeltaRuleCases.Add(cases, set, computed);
        if (families.Contains("conv"))
            ConvCases.Add(cases, set, computed);
        if (families.Contains("rope"))
            RopeCases.Add(cases, computed);
        NormCases.Add(cases, set, families, computed);
        if (families.Contains("e4m3"))
            E4M3Cases.Add(cases, computed);
        return [.. file.Tensors.Values.OrderBy(entry => entry.ByteOffset).Select(entry => RowOf(entry.Name, computed))];
    }

    private static GoldenRow RowOf(string name, Dictionary<string, Func<GoldenRow>> computed)
    {
        if (computed.TryGetValue(name, out var row))
            return row();
        if (UnitOpsCases.Inputs.Contains(name))
            return new GoldenRow(name, GoldenVerdict.Input, "input");
        return name == "e4m3.edge.codes_unsaturated"
            ? new GoldenRow(name, GoldenVerdict.Skipped, "skipped", Note: "what a cast without saturation gives; for information")
            : new GoldenRow(name, GoldenVerdict.NotCompared, "not compared", Note: "nothing here computes a tensor of this name");
    }
}
