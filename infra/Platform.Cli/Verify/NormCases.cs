using Platform.Engine;
using Platform.Kernels;

namespace Platform.Cli.Verify;

/// <summary><c>rmsnorm.*</c> and <c>gated_norm.*</c>: in float32, and in BF16 with the reference's rounding order.</summary>
internal static class NormCases
{
    public static void Add(UnitOpsCases cases, KernelSet kernels, HashSet<string> families, Dictionary<string, Func<GoldenRow>> computed)
    {
        if (families.Contains("rmsnorm"))
        {
            computed["rmsnorm.out_f32"] = () => GoldenComparison.Absolute(
                "rmsnorm.out_f32", cases.Read("rmsnorm.out_f32"), ZeroCentred(cases, kernels, rounded: false), 1e-5);
            computed["rmsnorm.out"] = () => WithinOneUlp("rmsnorm.out", cases.Read("rmsnorm.out"), ZeroCentred(cases, kernels, rounded: true));
        }

        if (families.Contains("gated_norm"))
        {
            computed["gated_norm.out_f32"] = () => GoldenComparison.Absolute(
                "gated_norm.out_f32", cases.Read("gated_norm.out_f32"), Gated(cases, kernels), 1e-5);
            computed["gated_norm.out"] = () => WithinOneUlp("gated_norm.out", cases.Read("gated_norm.out"), GatedRounded(cases, kernels));
        }
    }

    private static GoldenTensor ZeroCentred(UnitOpsCases cases, KernelSet kernels, bool rounded)
    {
        var scale = Array.ConvertAll(cases.Floats("rmsnorm.weight"), weight => 1f + weight);
        return EachRow(cases, "rmsnorm", (x, _, y) =>
        {
            kernels.RmsNorm(x, scale, (float)cases.Number("rmsnorm", "eps"), y);
            if (rounded)
                Bf16.Round(y);
        });
    }

    private static GoldenTensor Gated(UnitOpsCases cases, KernelSet kernels)
    {
        var gates = cases.Floats("gated_norm.gate");
        var weight = cases.Floats("gated_norm.weight");
        return EachRow(cases, "gated_norm", (x, row, y) =>
            kernels.GatedNorm(x, gates.AsSpan(row * x.Length, x.Length), weight, (float)cases.Number("gated_norm", "eps"), y));
    }

    // Normalise in float32, round; times the weight; times the float32 SiLU, round.
    private static GoldenTensor GatedRounded(UnitOpsCases cases, KernelSet kernels)
    {
        var gates = cases.Floats("gated_norm.gate");
        var weight = cases.Floats("gated_norm.weight");
        var ones = Enumerable.Repeat(1f, weight.Length).ToArray();
        return EachRow(cases, "gated_norm", (x, row, y) =>
        {
            kernels.RmsNorm(x, ones, (float)cases.Number("gated_norm", "eps"), y);
            Bf16.Round(y);
            for (var i = 0; i < y.Length; i++)
                y[i] = Bf16.Round(weight[i] * y[i]) * ElementaryFunctions.Silu(gates[row * y.Length + i]);
            Bf16.Round(y);
        });
    }

    private static GoldenTensor EachRow(UnitOpsCases cases, string family, RowNorm norm)
    {
        var x = cases.Read($"{family}.x");
        var width = (int)x.Shape[1];
        var result = new float[x.Floats!.Length];
        for (var row = 0; row < result.Length / width; row++)
            norm(x.Floats.AsSpan(row * width, width), row, result.AsSpan(row * width, width));
        return GoldenTensor.Of(result, [.. x.Shape]);
    }

    // BF16 values in order of size have consecutive codes, once negative ones are mirrored.
    private static GoldenRow WithinOneUlp(string name, GoldenTensor golden, GoldenTensor computed)
    {
        if (!golden.Shape.SequenceEqual(computed.Shape))
            return GoldenComparison.Misshapen(name, "bf16 ulp", golden, computed);
        var errors = new double[golden.Floats!.Length];
        for (var i = 0; i < errors.Length; i++)
            errors[i] = Math.Abs(Ordinal(golden.Floats[i]) - Ordinal(computed.Floats![i]));
        return GoldenComparison.Judge(name, "bf16 ulp", errors, 1);
    }

    private static int Ordinal(float value)
    {
        int bits = Bf16.FromFloat(value);
        return bits < 0x8000 ? bits : 0x8000 - bits;
    }

    private delegate void RowNorm(Span<float> x, int row, Span<float> y);
}
