using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// One step of the gated delta rule for one value head: forget, recall, correct, write, read. The value dimension lies in the lanes and the
/// key dimension is walked in order, in one fused pass per block of columns: the state is read twice from the cache and written once.
/// </summary>
/// <remarks>
/// Gated Delta Networks, arXiv 2412.06464, §3.1, with the state transposed to [Dk, Dv]. Prefill, decode and verification all run it.
/// </remarks>
public static unsafe class GatedDelta
{
    private const int BlockVectors = 4;

    /// <summary>S ← αS; m = Sᵀk; δ = β(v − m); S ← S + kδᵀ; o = Sᵀq.</summary>
    /// <param name="state">[Dk, Dv padded to 16]; changed in place; the padding stays zero.</param>
    /// <param name="query">[Dk], normalised and scaled.</param>
    /// <param name="key">[Dk], normalised.</param>
    /// <param name="value">[Dv].</param>
    /// <param name="decay">α = exp(g), in (0, 1].</param>
    /// <param name="beta">The write strength, in (0, 1).</param>
    /// <param name="output">[Dv].</param>
    public static void Step(
        FloatRows state, ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> value, float decay, float beta, Span<float> output)
    {
        CheckShapes(state, query.Length, key.Length, value.Length, output.Length);
        fixed (float* q = query, k = key)
        {
            var column = 0;
            for (; column + BlockVectors * Lanes.Count <= value.Length; column += BlockVectors * Lanes.Count)
                FourVectors(state, q, k, value[column..], decay, beta, output[column..], column);
            for (; column < value.Length; column += Lanes.Count)
                OneVector(state, q, k, value[column..], decay, beta, output[column..], column);
        }
    }

    /// <summary>The plain form of <see cref="Step"/>, and its oracle.</summary>
    public static void StepReference(
        FloatRows state, ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> value, float decay, float beta, Span<float> output)
    {
        CheckShapes(state, query.Length, key.Length, value.Length, output.Length);
        for (var column = 0; column < value.Length; column++)
        {
            var recalled = 0f;
            for (var k = 0; k < key.Length; k++)
                recalled = MathF.FusedMultiplyAdd(state[k][column] * decay, key[k], recalled);
            var correction = beta * (value[column] - recalled);
            var read = 0f;
            for (var k = 0; k < key.Length; k++)
            {
                state[k][column] = MathF.FusedMultiplyAdd(key[k], correction, state[k][column] * decay);
                read = MathF.FusedMultiplyAdd(state[k][column], query[k], read);
            }

            output[column] = read;
        }
    }

    private static void FourVectors(
        FloatRows state, float* q, float* k, ReadOnlySpan<float> value, float decay, float beta, Span<float> output, int column)
    {
        var alpha = Vector512.Create(decay);
        Vector512<float> m0 = default, m1 = default, m2 = default, m3 = default;
        var row = state.Pointer + column;
        for (var i = 0; i < state.Count; i++, row += state.Stride)
        {
            var key = Vector512.Create(k[i]);
            m0 = Vector512.FusedMultiplyAdd(Vector512.Load(row) * alpha, key, m0);
            m1 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 16) * alpha, key, m1);
            m2 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 32) * alpha, key, m2);
            m3 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 48) * alpha, key, m3);
        }

        var strength = Vector512.Create(beta);
        var d0 = strength * (Vector512.Create(value) - m0);
        var d1 = strength * (Vector512.Create(value[16..]) - m1);
        var d2 = strength * (Vector512.Create(value[32..]) - m2);
        var d3 = strength * (Vector512.Create(value[48..]) - m3);
        Vector512<float> o0 = default, o1 = default, o2 = default, o3 = default;
        row = state.Pointer + column;
        for (var i = 0; i < state.Count; i++, row += state.Stride)
        {
            var key = Vector512.Create(k[i]);
            var query = Vector512.Create(q[i]);
            o0 = Vector512.FusedMultiplyAdd(Write(row, alpha, key, d0), query, o0);
            o1 = Vector512.FusedMultiplyAdd(Write(row + 16, alpha, key, d1), query, o1);
            o2 = Vector512.FusedMultiplyAdd(Write(row + 32, alpha, key, d2), query, o2);
            o3 = Vector512.FusedMultiplyAdd(Write(row + 48, alpha, key, d3), query, o3);
        }

        o0.CopyTo(output);
        o1.CopyTo(output[16..]);
        o2.CopyTo(output[32..]);
        o3.CopyTo(output[48..]);
    }

    private static void OneVector(
        FloatRows state, float* q, float* k, ReadOnlySpan<float> value, float decay, float beta, Span<float> output, int column)
    {
        var width = Math.Min(Lanes.Count, value.Length);
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        value[..width].CopyTo(lanes);
        var alpha = Vector512.Create(decay);
        var recalled = Vector512<float>.Zero;
        var row = state.Pointer + column;
        for (var i = 0; i < state.Count; i++, row += state.Stride)
            recalled = Vector512.FusedMultiplyAdd(Vector512.Load(row) * alpha, Vector512.Create(k[i]), recalled);
        var correction = Vector512.Create(beta) * (Vector512.Create<float>(lanes) - recalled);
        var read = Vector512<float>.Zero;
        row = state.Pointer + column;
        for (var i = 0; i < state.Count; i++, row += state.Stride)
            read = Vector512.FusedMultiplyAdd(Write(row, alpha, Vector512.Create(k[i]), correction), Vector512.Create(q[i]), read);
        read.CopyTo(lanes);
        lanes[..width].CopyTo(output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Write(float* state, Vector512<float> alpha, Vector512<float> key, Vector512<float> correction)
    {
        var next = Vector512.FusedMultiplyAdd(key, correction, Vector512.Load(state) * alpha);
        next.Store(state);
        return next;
    }

    private static void CheckShapes(FloatRows state, int query, int key, int value, int output)
    {
        if (query != state.Count || key != state.Count || output != value || value > state.Width || state.Width % Lanes.Count != 0)
        {
            throw new ArgumentException(
                $"A state [{state.Count}, {state.Width}] does not fit a query of {query}, a key of {key}, " +
                $"a value of {value} and an output of {output}.");
        }
    }
}
