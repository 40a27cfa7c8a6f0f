using System.Text;
using Platform.Cli.Verify;

namespace Parity.Verify;

public sealed class ModelGoldensTests : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("goldens").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Theory]
    [InlineData("tiny-dense", 36)]
    [InlineData("tiny-moe", 60)]
    [InlineData("tiny-moe-mtp", 110)]
    [InlineData("tiny-moe-fp8", 34)]
    [InlineData("tiny-moe-vl", 79)]
    public void Passes_every_row_of_a_model_folder_on_the_fast_and_on_the_plain_kernels(string folder, int passed)
    {
        foreach (var kernels in new[] { "auto", "reference" })
        {
            var rows = TensorFolderGoldens.Run(Repository.Golden(folder), null, kernels);
            Assert.DoesNotContain(rows, row => row.Fails);
            Assert.Equal(passed, rows.Count(row => row.Verdict == GoldenVerdict.Passed));
            Assert.All(rows.Where(row => row.Verdict == GoldenVerdict.Skipped), row => Assert.StartsWith("train.", row.Name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Fast_and_plain_kernels_differ_from_the_golden_by_the_same_bits()
    {
        var fast = TensorFolderGoldens.Run(Repository.Golden("tiny-moe-mtp"), null, "auto");
        var plain = TensorFolderGoldens.Run(Repository.Golden("tiny-moe-mtp"), null, "reference");
        Assert.Equal(plain, fast);
    }

    [Fact]
    public void Prints_a_bf16_run_without_judging_it()
    {
        var rows = TensorFolderGoldens.Run(Repository.Golden("tiny-moe-mtp"), null, "bf16");
        Assert.Equal(110, rows.Count(row => row.Verdict == GoldenVerdict.NotJudged));
        Assert.DoesNotContain(rows, row => row.Fails);
        var logits = rows.Single(row => row.Name == "prompt.logits");
        // Coarser than float32, and still the same model: the logits' standard deviation is 2 to 3.
        Assert.InRange(logits.MeanError!.Value, 2e-3, 0.2);
    }

    [Fact]
    public void Passes_every_row_of_the_operator_cases()
    {
        foreach (var kernels in new[] { "auto", "reference" })
        {
            var rows = UnitOpsGoldens.Run(Repository.Golden("unit-ops"), null, kernels);
            Assert.DoesNotContain(rows, row => row.Fails);
            Assert.Equal(25, rows.Count(row => row.Verdict == GoldenVerdict.Passed));
            Assert.Equal(21, rows.Count(row => row.Verdict == GoldenVerdict.Input));
            Assert.Equal("e4m3.edge.codes_unsaturated", Assert.Single(rows, row => row.Verdict == GoldenVerdict.Skipped).Name);
        }
    }

    [Fact]
    public void Fails_on_a_changed_weight_and_names_what_moved()
    {
        CopyGolden("tiny-dense");
        var weights = Path.Combine(_copy, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        // The last weights of the file, whichever they are, with their exponents moved.
        for (var i = bytes.Length - 64; i < bytes.Length; i += 4)
            bytes[i + 3] ^= 0x02;
        File.WriteAllBytes(weights, bytes);
        Assert.Contains(TensorFolderGoldens.Run(_copy, null, "auto"), row => row is { Verdict: GoldenVerdict.Failed, Note: not null });
    }

    [Fact]
    public void Fails_on_a_golden_tensor_that_nobody_computes()
    {
        CopyGolden("tiny-moe-fp8");
        Rename(Path.Combine(_copy, "golden.safetensors"), "prompt.logits", "prompt.logitz");
        var row = Assert.Single(TensorFolderGoldens.Run(_copy, null, "auto"), row => row.Fails);
        Assert.Equal(("prompt.logitz", GoldenVerdict.NotCompared), (row.Name, row.Verdict));
    }

    [Fact]
    public void Refuses_kernels_it_does_not_know() =>
        Assert.Throws<ArgumentException>(() => TensorFolderGoldens.Run(Repository.Golden("tiny-dense"), null, "fastest"));

    private static void Rename(string file, string from, string to)
    {
        var bytes = File.ReadAllBytes(file);
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{from}\""));
        Encoding.UTF8.GetBytes($"\"{to}\"").CopyTo(bytes, at);
        File.WriteAllBytes(file, bytes);
    }

    private void CopyGolden(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.Golden(folder)))
        {
            var target = Path.Combine(_copy, Path.GetFileName(file));
            File.Copy(file, target);
            File.SetAttributes(target, FileAttributes.Normal);
        }
    }
}
