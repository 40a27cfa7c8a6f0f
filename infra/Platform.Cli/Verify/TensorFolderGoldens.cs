using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>
/// Verifies a folder with a checkpoint and a <c>golden.safetensors</c>: runs prompt, decoding, drafting, verification and rollback as far as
/// the golden file has their tensors, whatever the model's dimensions, and compares tensor by tensor.
/// </summary>
internal static class TensorFolderGoldens
{
    /// <summary>Runs the folder.</summary>
    /// <param name="folder">With config.json, the weights and the goldens.</param>
    /// <param name="goldenFile">The golden file, or null for the folder's own.</param>
    /// <param name="kernels">"auto", "reference" (scalar), or "bf16" (compared and printed, not judged).</param>
    /// <returns>One row per golden tensor, in the file's order.</returns>
    /// <exception cref="ArgumentException">Unknown kernels.</exception>
    /// <exception cref="CheckpointException">The folder is no checkpoint.</exception>
    public static IReadOnlyList<GoldenRow> Run(string folder, string? goldenFile, string kernels)
    {
        var options = OptionsOf(kernels);
        using var goldens = SafetensorsFile.Open(goldenFile ?? Path.Combine(folder, "golden.safetensors"));
        using var checkpoint = Checkpoint.Open(folder);
        var computed = new Dictionary<string, GoldenTensor>();
        if (goldens.Tensors.ContainsKey("input_ids"))
            ModelGoldens.Compute(checkpoint, goldens, options, computed);
        DequantisedGoldens.Compute(checkpoint, goldens, computed);

        var names = goldens.Tensors.Values.OrderBy(entry => entry.ByteOffset).Select(entry => entry.Name);
        var rows = names.Select(name => TensorFolderRules.Compare(name, other => GoldenTensor.Read(goldens, other), computed)).ToList();
        if (options.Format == ComputeFormat.BF16)
            rows = [.. rows.Select(NotJudged)];
        return rows.Any(row => row.Verdict is not (GoldenVerdict.Input or GoldenVerdict.Skipped or GoldenVerdict.NotCompared))
            ? rows
            : [.. rows, new GoldenRow(
                "(folder)", GoldenVerdict.Failed, "known tensors", Note: "no golden tensor known here; is this a folder of another kind?")];
    }

    internal static TextModelOptions OptionsOf(string kernels) => kernels switch
    {
        "auto" => new TextModelOptions(),
        "reference" => new TextModelOptions { Kernels = KernelTier.Reference },
        "bf16" => new TextModelOptions { Format = ComputeFormat.BF16 },
        _ => throw new ArgumentException($"'{kernels}' is no choice of kernels; choose auto, reference or bf16.", nameof(kernels)),
    };

    internal static GoldenRow NotJudged(GoldenRow row) =>
        row.Verdict is GoldenVerdict.Passed or GoldenVerdict.Failed ? row with { Verdict = GoldenVerdict.NotJudged, Note = null } : row;
}
