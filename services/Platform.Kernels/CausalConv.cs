using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>The causal depthwise convolution with SiLU of linear attention, one token at a time; the channels lie in the lanes.</summary>
public static unsafe class CausalConv
{
    /// <summary>The longest kernel.</summary>
    public const int MaxTaps = 16;

    /// <summary>u[c] = SiLU(Σⱼ w[j, c] · y₍t−K+1+j₎[c]), the taps in order.</summary>
    /// <param name="taps">[K, C]: the checkpoint's weight transposed; the last tap multiplies the current token.</param>
    /// <param name="history">[K−1, C]: the inputs before the first one, oldest first.</param>
    /// <param name="inputs">[T, C]: this segment's inputs.</param>
    /// <param name="token">Which of the T.</param>
    /// <param name="output">[C].</param>
    public static void Token(FloatRows taps, FloatRows history, FloatRows inputs, int token, Span<float> output)
    {
        CheckShapes(taps, history, inputs, token, output);
        var sources = stackalloc float*[MaxTaps];
        for (var j = 0; j < taps.Count; j++)
        {
            var row = token - taps.Count + 1 + j;
            sources[j] = row < 0
                ? history.Pointer + (long)(history.Count + row) * history.Stride
                : inputs.Pointer + (long)row * inputs.Stride;
        }

        var c = 0;
        for (; c + Lanes.Count <= output.Length; c += Lanes.Count)
        {
            var sum = Vector512<float>.Zero;
            for (var j = 0; j < taps.Count; j++)
            {
                var weight = Vector512.Load(taps.Pointer + (long)j * taps.Stride + c);
                sum = Vector512.FusedMultiplyAdd(weight, Vector512.Load(sources[j] + c), sum);
            }

            ElementaryFunctions.Silu(sum).CopyTo(output[c..]);
        }

        for (; c < output.Length; c++)
            output[c] = Channel(taps, sources, c);
    }

    /// <summary>The plain form of <see cref="Token"/>, and its oracle.</summary>
    public static void TokenReference(FloatRows taps, FloatRows history, FloatRows inputs, int token, Span<float> output)
    {
        CheckShapes(taps, history, inputs, token, output);
        for (var c = 0; c < output.Length; c++)
        {
            var sum = 0f;
            for (var j = 0; j < taps.Count; j++)
            {
                var row = token - taps.Count + 1 + j;
                sum = MathF.FusedMultiplyAdd(taps[j][c], row < 0 ? history[history.Count + row][c] : inputs[row][c], sum);
            }

            output[c] = ElementaryFunctions.Silu(sum);
        }
    }

    private static float Channel(FloatRows taps, float** sources, int channel)
    {
        var sum = 0f;
        for (var j = 0; j < taps.Count; j++)
            sum = MathF.FusedMultiplyAdd(taps.Pointer[(long)j * taps.Stride + channel], sources[j][channel], sum);
        return ElementaryFunctions.Silu(sum);
    }

    private static void CheckShapes(FloatRows taps, FloatRows history, FloatRows inputs, int token, Span<float> output)
    {
        if (taps.Count is 0 or > MaxTaps || history.Count != taps.Count - 1 || (uint)token >= (uint)inputs.Count)
            throw new ArgumentException($"{taps.Count} taps, {history.Count} earlier inputs and token {token} of {inputs.Count} do not fit.");
        if (taps.Width != output.Length || inputs.Width != output.Length || (history.Count > 0 && history.Width != output.Length))
            throw new ArgumentException($"Taps of {taps.Width} and inputs of {inputs.Width} channels do not give {output.Length}.");
    }
}
