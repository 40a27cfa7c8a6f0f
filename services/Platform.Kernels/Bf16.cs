using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>The bfloat16 format: the upper half of a float32. Rounds to the nearest, ties to even; NaN stays a NaN.</summary>
public static class Bf16
{
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
