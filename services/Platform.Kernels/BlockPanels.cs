namespace Platform.Kernels;

/// <summary>Quantises an output's weights into a panel of blocks, and reads them back.</summary>
/// <remarks>
/// A scale is rounded to bfloat16 before the weights are divided by it, so its rounding loses nothing. An INT8 scale is the largest magnitude
/// / 127. An INT4 scale maps the value of largest magnitude to −8 (so it may be negative), the one code that has no counterpart.
/// </remarks>
internal static unsafe class BlockPanels
{
    /// <summary>Writes one output.</summary>
    /// <param name="panel">The panel's first byte.</param>
    /// <param name="lane">The output's place in the panel.</param>
    /// <param name="weights">All inputs.</param>
    /// <param name="storage">INT8 or INT4.</param>
    public static void PackRow(byte* panel, int lane, ReadOnlySpan<float> weights, PanelStorage storage)
    {
        Span<float> half = stackalloc float[BlockLayout.HalfInputs];
        Span<int> codes = stackalloc int[BlockLayout.HalfInputs];
        for (var index = 0; index < 2 * BlockLayout.Blocks(weights.Length); index++)
        {
            half.Clear();
            var first = index * BlockLayout.HalfInputs;
            if (first < weights.Length)
                weights[first..Math.Min(first + BlockLayout.HalfInputs, weights.Length)].CopyTo(half);
            var scale = storage == PanelStorage.INT8 ? Quantise8(half, codes) : Quantise4(half, codes);
            *ScaleOf(panel, index, lane, storage) = scale;
            if (storage == PanelStorage.INT8)
                Write8(panel, index, lane, codes);
            else
                Write4(panel, index, lane, codes);
        }
    }

    /// <summary>Reads one output's weights as float32: code · scale.</summary>
    public static void ReadRow(byte* panel, int lane, Span<float> weights, PanelStorage storage)
    {
        for (var k = 0; k < weights.Length; k++)
            weights[k] = Code(panel, lane, k, storage) * Scale(panel, lane, k / BlockLayout.HalfInputs, storage);
    }

    /// <summary>The integer of one weight.</summary>
    public static int Code(byte* panel, int lane, int input, PanelStorage storage)
    {
        var half = Half(panel, input / BlockLayout.HalfInputs, storage);
        var inHalf = input % BlockLayout.HalfInputs;
        var place = lane * BlockLayout.GroupInputs + inHalf % BlockLayout.GroupInputs;
        if (storage == PanelStorage.INT8)
            return half[inHalf / BlockLayout.GroupInputs * BlockLayout.GroupBytes + place] - BlockLayout.Offset8;
        var high = inHalf >= BlockLayout.HalfInputs / 2;
        var nibbles = half[inHalf % (BlockLayout.HalfInputs / 2) / BlockLayout.GroupInputs * BlockLayout.GroupBytes + place];
        return (high ? nibbles >> 4 : nibbles & 15) - BlockLayout.Offset4;
    }

    /// <summary>The scale of a half (counted over the whole panel) of one output.</summary>
    public static float Scale(byte* panel, int lane, int half, PanelStorage storage) => Bf16.ToFloat(*ScaleOf(panel, half, lane, storage));

    private static ushort Quantise8(ReadOnlySpan<float> weights, Span<int> codes)
    {
        var largest = 0f;
        foreach (var weight in weights)
            largest = MathF.Max(largest, MathF.Abs(weight));
        var scale = Bf16.FromFloat(largest / 127f);
        Divide(weights, Bf16.ToFloat(scale), -128, 127, codes);
        return scale;
    }

    private static ushort Quantise4(ReadOnlySpan<float> weights, Span<int> codes)
    {
        var largest = 0f;
        // A NaN becomes the scale, as in 8 bits: a damaged weight must show.
        foreach (var weight in weights)
            largest = !(MathF.Abs(weight) <= MathF.Abs(largest)) && !float.IsNaN(largest) ? weight : largest;
        var scale = Bf16.FromFloat(largest / -8f);
        Divide(weights, Bf16.ToFloat(scale), -8, 7, codes);
        return scale;
    }

    private static void Divide(ReadOnlySpan<float> weights, float scale, int lowest, int highest, Span<int> codes)
    {
        for (var i = 0; i < weights.Length; i++)
            codes[i] = scale == 0f ? 0 : (int)Math.Clamp(MathF.Round(weights[i] / scale), lowest, highest);
    }

    private static void Write8(byte* panel, int index, int lane, ReadOnlySpan<int> codes)
    {
        var half = Half(panel, index, PanelStorage.INT8) + lane * BlockLayout.GroupInputs;
        for (var i = 0; i < codes.Length; i++)
        {
            half[i / BlockLayout.GroupInputs * BlockLayout.GroupBytes + i % BlockLayout.GroupInputs] = (byte)(codes[i] + BlockLayout.Offset8);
        }
    }

    private static void Write4(byte* panel, int index, int lane, ReadOnlySpan<int> codes)
    {
        var half = Half(panel, index, PanelStorage.INT4) + lane * BlockLayout.GroupInputs;
        for (var i = 0; i < codes.Length / 2; i++)
        {
            half[i / BlockLayout.GroupInputs * BlockLayout.GroupBytes + i % BlockLayout.GroupInputs] =
                (byte)(codes[i] + BlockLayout.Offset4 | codes[i + codes.Length / 2] + BlockLayout.Offset4 << 4);
        }
    }

    private static byte* Half(byte* panel, int index, PanelStorage storage) =>
        panel + (long)(index / 2) * BlockLayout.BlockBytes(storage) + index % 2 * (BlockLayout.WeightBytes(storage) / 2);

    private static ushort* ScaleOf(byte* panel, int index, int lane, PanelStorage storage) => (ushort*)(
        panel + (long)(index / 2) * BlockLayout.BlockBytes(storage) + BlockLayout.WeightBytes(storage) + index % 2 * BlockLayout.ScaleBytes) + lane;
}
