using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// exp and what follows from it in float32, scalar and 16 lanes at a time, by the same operations in the same order, so that both give the
/// same bits on every machine. No libm stands behind them. Within 2 ulp of the exact value (sigmoid and SiLU within 3).
/// </summary>
/// <remarks>The slower functions, which no inner loop needs, are in <see cref="PreciseFunctions"/>.</remarks>
public static class ElementaryFunctions
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693147182f;
    private const float Ln2Low = -1.90465421e-9f;

    // Adding it leaves the nearest integer in the low mantissa bits (ties to even).
    private const float RoundingShift = 12582912f;
    private const int RoundingShiftBits = 0x4B400000;

    // Past these the result is infinity or zero whatever the rest.
    private const float ExpMax = 89f;
    private const float ExpMin = -105f;

    private const float C2 = 1f / 2, C3 = 1f / 6, C4 = 1f / 24, C5 = 1f / 120, C6 = 1f / 720, C7 = 1f / 5040;

    private const float GeluInner = 0.797884561f;   // sqrt(2 / pi)
    private const float GeluCubic = 0.044715f;

    /// <summary>eˣ.</summary>
    public static float Exp(float x)
    {
        x = x > ExpMax ? ExpMax : x;
        x = x < ExpMin ? ExpMin : x;
        var shifted = MathF.FusedMultiplyAdd(x, Log2E, RoundingShift);
        var n = shifted - RoundingShift;
        var power = BitConverter.SingleToInt32Bits(shifted) - RoundingShiftBits;
        var r = MathF.FusedMultiplyAdd(n, -Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, -Ln2Low, r);
        var p = MathF.FusedMultiplyAdd(C7, r, C6);
        p = MathF.FusedMultiplyAdd(p, r, C5);
        p = MathF.FusedMultiplyAdd(p, r, C4);
        p = MathF.FusedMultiplyAdd(p, r, C3);
        p = MathF.FusedMultiplyAdd(p, r, C2);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        var half = power >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(power - half);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static float Sigmoid(float x)
    {
        var e = Exp(-MathF.Abs(x));
        var r = 1f / (1f + e);
        return x >= 0f ? r : e * r;
    }

    /// <summary>x · sigmoid(x).</summary>
    public static float Silu(float x) => x * Sigmoid(x);

    /// <summary>The tanh form of GELU: ½x(1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
    public static float GeluTanh(float x)
    {
        // ½(1 + tanh u) is sigmoid(2u).
        var inner = MathF.FusedMultiplyAdd(GeluCubic * x * x, x, x);
        return x * Sigmoid(2f * GeluInner * inner);
    }

    /// <summary>eˣ of every value, in place.</summary>
    public static void Exp(Span<float> values)
    {
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            Exp(Vector512.Create<float>(values[i..])).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] = Exp(values[i]);
    }

    /// <summary>GELU (tanh form) of every value, in place.</summary>
    public static void GeluTanh(Span<float> values)
    {
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            GeluTanh(Vector512.Create<float>(values[i..])).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] = GeluTanh(values[i]);
    }

    /// <summary>SiLU(gate) · up, into <paramref name="result"/>, which may be either operand.</summary>
    public static void SwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> result)
    {
        CheckLengths(gate.Length, up.Length, result.Length);
        var i = 0;
        for (; i + Vector512<float>.Count <= result.Length; i += Vector512<float>.Count)
            (Silu(Vector512.Create(gate[i..])) * Vector512.Create(up[i..])).CopyTo(result[i..]);
        for (; i < result.Length; i++)
            result[i] = Silu(gate[i]) * up[i];
    }

    /// <summary>value · sigmoid(gate), in place.</summary>
    public static void SigmoidGate(Span<float> values, ReadOnlySpan<float> gate)
    {
        CheckLengths(gate.Length, values.Length, values.Length);
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            (Vector512.Create<float>(values[i..]) * Sigmoid(Vector512.Create(gate[i..]))).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] *= Sigmoid(gate[i]);
    }

    /// <summary>eˣ of 16 lanes, with the bits of the scalar form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var max = Vector512.Create(ExpMax);
        var min = Vector512.Create(ExpMin);
        x = Vector512.ConditionalSelect(Vector512.GreaterThan(x, max), max, x);
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, min), min, x);
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(RoundingShift));
        var n = shifted - Vector512.Create(RoundingShift);
        var power = shifted.AsInt32() - Vector512.Create(RoundingShiftBits);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(C7), r, Vector512.Create(C6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        var half = power >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(power - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Sigmoid(Vector512<float> x)
    {
        var e = Exp(-Vector512.Abs(x));
        var r = Vector512<float>.One / (Vector512<float>.One + e);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, Vector512<float>.Zero), r, e * r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Silu(Vector512<float> x) => x * Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> GeluTanh(Vector512<float> x)
    {
        var inner = Vector512.FusedMultiplyAdd(Vector512.Create(GeluCubic) * x * x, x, x);
        return x * Sigmoid(Vector512.Create(2f * GeluInner) * inner);
    }

    private static float PowerOfTwo(int power) => BitConverter.Int32BitsToSingle((power + 127) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> power) => ((power + Vector512.Create(127)) << 23).AsSingle();

    private static void CheckLengths(int first, int second, int result)
    {
        if (first != result || second != result)
            throw new ArgumentException($"Operands of {first} and {second} values do not fit a result of {result}.");
    }
}
