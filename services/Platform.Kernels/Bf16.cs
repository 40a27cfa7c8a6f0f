using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>The bfloat16 format: the upper half of a float32. Rounds to the nearest, ties to even; NaN stays a NaN.</summary>
public static class Bf16
{
    /// <summary>2⁻⁵⁶.</summary>
    private const float SmallestOfDots = 1.3877787807814457e-17f;

    /// <summary>The nearest bfloat16's bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromFloat(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        // Adding could carry a NaN into infinity or zero; keep its top bits and force it quiet.
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The exact value of bfloat16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToFloat(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest value that bfloat16 has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(float value) => ToFloat(FromFloat(value));

    /// <summary>Rounds every value in place to the nearest that bfloat16 has.</summary>
    public static void Round(Span<float> values)
    {
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            Round(Vector512.Create<float>(values[i..])).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] = Round(values[i]);
    }

    /// <summary>
    /// Rounds every value in place as inputs and weights of bfloat16 dot products are: to the nearest bfloat16, and to zero below 2⁻⁵⁶.
    /// Products of two such values are multiples of 2⁻¹²⁶, and so are all sums of them: no step of a chain can be subnormal, and a
    /// processor that flushes subnormal numbers gives the same bits as one that keeps them.
    /// </summary>
    public static void RoundForDots(Span<float> values)
    {
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
        {
            var rounded = Round(Vector512.Create<float>(values[i..]));
            var tiny = Vector512.LessThan(Vector512.Abs(rounded), Vector512.Create(SmallestOfDots));
            Vector512.AndNot(rounded, tiny).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
            values[i] = RoundForDots(values[i]);
    }

    /// <summary>One value of <see cref="RoundForDots(Span{float})"/>.</summary>
    public static float RoundForDots(float value)
    {
        var rounded = Round(value);
        return MathF.Abs(rounded) < SmallestOfDots ? 0f : rounded;
    }

    /// <summary>Writes values that are bfloat16 already as pairs, the first of a pair in the high half, zero for a missing last one.</summary>
    internal static unsafe void ToPairs(ReadOnlySpan<float> values, uint* pairs)
    {
        var i = 0;
        var high = Vector512.Create(0xFFFF0000UL);
        for (; i + 2 * Vector512<float>.Count <= values.Length; i += 2 * Vector512<float>.Count)
        {
            var first = Vector512.Create(values[i..]).AsUInt64();
            var second = Vector512.Create(values[(i + Vector512<float>.Count)..]).AsUInt64();
            Vector512.Narrow((first & high) | (first >>> 48), (second & high) | (second >>> 48)).Store(pairs + i / 2);
        }

        for (; i < values.Length; i += 2)
            pairs[i / 2] = (uint)FromFloat(values[i]) << 16 | (i + 1 < values.Length ? FromFloat(values[i + 1]) : 0u);
    }

    /// <summary>Widens exactly.</summary>
    public static void ToFloats(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        for (var i = 0; i < bits.Length; i++)
            values[i] = ToFloat(bits[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Round(Vector512<float> value)
    {
        var bits = value.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) & Vector512.Create(0xFFFF0000u);
        var nan = (bits & Vector512.Create(0xFFFF0000u)) | Vector512.Create(0x00400000u);
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, nan).AsSingle();
    }
}
