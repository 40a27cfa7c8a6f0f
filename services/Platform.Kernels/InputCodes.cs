using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// A row of inputs quantised for products with INT8 and INT4 weights: per 32 values a float32 scale (largest magnitude / 127) and integers
/// of −127..127, to the nearest, ties to even. A block of 64 inputs is a record: 64 signed bytes, 2 scales, 2 corrections for weights
/// stored + 128 (−128 · sum of the half's integers), 2 for weights stored + 8.
/// </summary>
/// <remarks>
/// Everything is a single correctly rounded operation per value, so <see cref="InputCodesReference"/> gives the same bits. A half with
/// a value that is not finite has a NaN for its scale: its outputs are NaN, as they should be. A half of nothing but values below 1e-30
/// counts as zeros.
/// </remarks>
internal static unsafe class InputCodes
{
    /// <summary>Bytes of a block's record.</summary>
    public const int RecordBytes = BlockLayout.BlockInputs + 6 * sizeof(int);

    /// <summary>Where the two scales start.</summary>
    public const int Scales = BlockLayout.BlockInputs;

    /// <summary>Where the two corrections for 8-bit weights start.</summary>
    public const int Corrections8 = Scales + 2 * sizeof(float);

    /// <summary>Where the two corrections for 4-bit weights start.</summary>
    public const int Corrections4 = Corrections8 + 2 * sizeof(int);

    /// <summary>Below this a half counts as zeros: 127 / magnitude must stay finite.</summary>
    public const float Smallest = 1e-30f;

    /// <summary>Adding this rounds a float of magnitude below 2²² to an integer, ties to even, which then stands in the low bits.</summary>
    private const float Rounder = 12582912f;

    /// <summary>Bytes of a row.</summary>
    public static int RowBytes(int inputs) => BlockLayout.Blocks(inputs) * RecordBytes;

    /// <summary>Writes a row's records.</summary>
    public static void Write(ReadOnlySpan<float> x, byte* target)
    {
        var end = x.Length / BlockLayout.HalfInputs;
        fixed (float* values = x)
        {
            for (var half = 0; half < end; half++)
                WriteHalf(values + half * BlockLayout.HalfInputs, target, half);
        }

        if (end == 2 * BlockLayout.Blocks(x.Length))
            return;
        var rest = stackalloc float[BlockLayout.BlockInputs];
        new Span<float>(rest, BlockLayout.BlockInputs).Clear();
        x[(end * BlockLayout.HalfInputs)..].CopyTo(new Span<float>(rest, BlockLayout.BlockInputs));
        for (var half = end; half < 2 * BlockLayout.Blocks(x.Length); half++)
            WriteHalf(rest + (half - end) * BlockLayout.HalfInputs, target, half);
    }

    /// <summary>What <see cref="Write"/> makes of a row, laid out plainly.</summary>
    public static (int[] Integers, float[] Scales) Read(ReadOnlySpan<float> x)
    {
        var blocks = BlockLayout.Blocks(x.Length);
        var integers = new int[blocks * BlockLayout.BlockInputs];
        var scales = new float[blocks * 2];
        using var memory = new NativeBuffer(RowBytes(x.Length));
        Write(x, memory.Pointer);
        for (var i = 0; i < integers.Length; i++)
            integers[i] = ((sbyte*)memory.Pointer)[i / BlockLayout.BlockInputs * RecordBytes + i % BlockLayout.BlockInputs];
        for (var half = 0; half < scales.Length; half++)
            scales[half] = ((float*)(memory.Pointer + half / 2 * RecordBytes + Scales))[half % 2];
        return (integers, scales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteHalf(float* x, byte* row, int half)
    {
        var record = row + half / 2 * RecordBytes;
        var second = half % 2;
        var codes = (sbyte*)record + second * BlockLayout.HalfInputs;
        var low = Vector512.Load(x);
        var high = Vector512.Load(x + 16);
        var largest = BitConverter.UInt32BitsToSingle(LargestMagnitude(low, high));
        var usable = largest is >= Smallest and < float.PositiveInfinity;
        var inverse = Vector512.Create(usable ? 127f / largest : 0f);
        var first = Integers(low * inverse, usable);
        var last = Integers(high * inverse, usable);
        var bytes = Vector256.Narrow(
            Vector256.Narrow(first.GetLower(), first.GetUpper()), Vector256.Narrow(last.GetLower(), last.GetUpper()));
        bytes.Store(codes);
        var sum = Vector512.Sum(first + last);
        ((float*)(record + Scales))[second] = ScaleOf(largest);
        ((int*)(record + Corrections8))[second] = -BlockLayout.Offset8 * sum;
        ((int*)(record + Corrections4))[second] = -BlockLayout.Offset4 * sum;
    }

    /// <summary>The scale of a half whose largest magnitude is given.</summary>
    public static float ScaleOf(float largest) => largest switch
    {
        < Smallest => 0f,
        < float.PositiveInfinity => largest / 127f,
        _ => float.NaN,
    };

    // As bits, magnitudes order like the numbers, with infinity and then every NaN above all of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LargestMagnitude(Vector512<float> low, Vector512<float> high)
    {
        var mask = Vector512.Create(0x7FFFFFFFu);
        var lanes = Vector512.Max(low.AsUInt32() & mask, high.AsUInt32() & mask);
        var eight = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2u, 3u, 0u, 1u)));
        return Math.Max(four[0], four[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Integers(Vector512<float> scaled, bool usable)
    {
        if (!usable)
            return Vector512<int>.Zero;
        return (scaled + Vector512.Create(Rounder)).AsInt32() - Vector512.Create(Rounder).AsInt32();
    }
}
