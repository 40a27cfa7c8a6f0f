using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>
/// The integers of INT8 attention: keys and values in 8 bits, queries and softmax weights in 16, every sum of their products exact in 32.
/// Exact sums have no order, so every tier gives the same bits.
/// </summary>
/// <remarks>
/// Largest sum: 32767 · 127 · 512 &lt; 2³¹, over a head's dimensions (queries · keys) or a page's positions (weights · values). A row with a
/// value that is not finite gets the scale NaN, so that it shows in the result instead of turning into a number.
/// </remarks>
public static class Int8Codes
{
    /// <summary>The widest head whose sums cannot overflow.</summary>
    public const int MaxHeadDim = 512;

    internal const float KvMax = 127f;
    internal const float RowMax = 32767f;

    // Below it the reciprocal could overflow; what is that small is nothing.
    private const float Smallest = 1e-30f;

    // Adding it leaves the nearest integer in the low mantissa bits (ties to even).
    private const float RoundingShift = 12582912f;
    private const int RoundingShiftBits = 0x4B400000;

    /// <summary>The scale of a row whose codes reach <paramref name="codeMax"/>: max|x| / codeMax; 0 for zeros, NaN where a value is not finite.</summary>
    internal static float Scale(ReadOnlySpan<float> values, float codeMax, out float inverse)
    {
        var largest = 0f;
        var finite = 0f;
        foreach (var value in values)
        {
            largest = MathF.Abs(value) > largest ? MathF.Abs(value) : largest;
            finite += value * 0f;
        }

        return Scale(largest, finite, codeMax, out inverse);
    }

    /// <param name="largest">max|x|.</param>
    /// <param name="finite">Zero, or NaN where a value is not finite.</param>
    /// <param name="codeMax">The largest code.</param>
    /// <param name="inverse">What values are multiplied by.</param>
    internal static float Scale(float largest, float finite, float codeMax, out float inverse)
    {
        var usable = largest >= Smallest && float.IsFinite(largest);
        inverse = usable ? codeMax / largest : 0f;
        return (usable ? largest / codeMax : 0f) + finite;
    }

    /// <summary>The nearest integer to x · inverse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Code(float x, float inverse) => BitConverter.SingleToInt32Bits(x * inverse + RoundingShift) - RoundingShiftBits;

    /// <summary>The nearest integers to x · inverse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> Code(Vector512<float> x, Vector512<float> inverse) =>
        (x * inverse + Vector512.Create(RoundingShift)).AsInt32() - Vector512.Create(RoundingShiftBits);

    /// <summary>16-bit codes of values, two to a 32-bit word; an odd count's last word is filled with zero.</summary>
    /// <param name="values">Finite, else the codes mean nothing and the scale says so.</param>
    /// <param name="inverse">From <see cref="Scale(ReadOnlySpan{float}, float, out float)"/>.</param>
    /// <param name="pairs">Half as many words, rounded up; may be the memory of the values.</param>
    internal static unsafe void WritePairs(ReadOnlySpan<float> values, float inverse, int* pairs)
    {
        var codes = (short*)pairs;
        var i = 0;
        for (; i + Lanes.Count <= values.Length; i += Lanes.Count)
        {
            var wide = Code(Vector512.Create(values[i..]), Vector512.Create(inverse));
            Vector256.Narrow(wide.GetLower(), wide.GetUpper()).Store(codes + i);
        }

        for (; i < values.Length; i++)
            codes[i] = (short)Code(values[i], inverse);
        if ((values.Length & 1) != 0)
            codes[values.Length] = 0;
    }

    /// <summary>Sixteen pairs of 8-bit codes, widened to 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe Vector512<short> Load(byte* pairs)
    {
        if (Avx512BW.IsSupported)
            return Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)pairs));
        var (low, high) = Vector256.Widen(Vector256.Load((sbyte*)pairs));
        return Vector512.Create(low, high);
    }
}
