using Platform.Engine;
using Platform.Kernels;

namespace Platform.Cli.Verify;

/// <summary><c>conv.*</c>: the causal convolution with SiLU, from nothing and continued from kept columns.</summary>
internal static class ConvCases
{
    public static void Add(UnitOpsCases cases, KernelSet kernels, Dictionary<string, Func<GoldenRow>> computed)
    {
        computed["conv.out_fresh"] = () => GoldenComparison.Absolute(
            "conv.out_fresh", cases.Read("conv.out_fresh"), Convolve(cases, kernels, continued: false), 1e-5);
        computed["conv.out_continued"] = () => GoldenComparison.Absolute(
            "conv.out_continued", cases.Read("conv.out_continued"), Convolve(cases, kernels, continued: true), 1e-5);
        computed["conv.state_after_continued"] = () => GoldenComparison.LastColumns(
            "conv.state_after_continued", cases.Read("conv.state_after_continued"), LastInputs(cases), 0);
    }

    private static GoldenTensor Convolve(UnitOpsCases cases, KernelSet kernels, bool continued)
    {
        var channels = (int)cases.Number("conv", "channels");
        var taps = (int)cases.Number("conv", "kernel_size");
        var x = cases.Read("conv.x");
        var tokens = (int)x.Shape[1];
        using var memory = new NativeBuffer((long)(taps + taps - 1 + tokens + 1) * channels * sizeof(float));
        var weights = memory.Rows(0, taps, channels, channels);
        var history = memory.Rows((long)taps * channels, taps - 1, channels, channels);
        var inputs = memory.Rows((2L * taps - 1) * channels, tokens, channels, channels);
        var row = memory.Rows((2L * taps - 1 + tokens) * channels, 1, channels, channels)[0];
        Transpose(cases.Floats("conv.weight"), taps, 0, weights);
        Transpose(x.Floats!, tokens, 0, inputs);
        if (continued)
            Transpose(cases.Floats("conv.state"), taps, 1, history);

        var output = new float[channels * tokens];
        for (var token = 0; token < tokens; token++)
        {
            kernels.ConvToken(weights, history, inputs, token, row);
            for (var channel = 0; channel < channels; channel++)
                output[channel * tokens + token] = row[channel];
        }

        return GoldenTensor.Of(output, channels, tokens);
    }

    // From [channels, columns] to [columns, channels], leaving the first columns out.
    private static void Transpose(float[] source, int columns, int skipped, FloatRows target)
    {
        for (var column = 0; column < target.Count; column++)
        {
            for (var channel = 0; channel < target.Width; channel++)
                target[column][channel] = source[channel * columns + column + skipped];
        }
    }

    private static GoldenTensor LastInputs(UnitOpsCases cases)
    {
        var x = cases.Read("conv.x");
        var columns = (int)cases.Number("conv", "state_columns");
        int channels = (int)x.Shape[0], tokens = (int)x.Shape[1];
        var state = new float[channels * columns];
        for (var channel = 0; channel < channels; channel++)
            x.Floats.AsSpan((channel + 1) * tokens - columns, columns).CopyTo(state.AsSpan(channel * columns));
        return GoldenTensor.Of(state, channels, columns);
    }
}
