using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>
/// <see cref="GatedDelta"/> for a single token: two passes over blocks of 128 columns, which are whole rows in the released shapes: the first
/// streams the state from memory, the second finds it in the second-level cache. Keeping the decayed state aside, as a walk does, would cost
/// more stores than the multiplications it saves.
/// </summary>
internal static unsafe class DeltaStep
{
    private const int BlockColumns = 8 * Lanes.Count;

    private const int AheadBytes = 3072;
    private const int CacheLine = 64;

    public static void Run(in DeltaWalk walk)
    {
        var width = walk.Values.Width;
        var column = 0;
        for (; column + BlockColumns <= width; column += BlockColumns)
            EightVectors(walk, column);
        for (; column < width; column += Lanes.Count)
            OneVector(walk, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightVectors(in DeltaWalk walk, int column)
    {
        var alpha = Vector512.Create(walk.Decay.Pointer[0]);
        float* keys = walk.Keys.Pointer, queries = walk.Queries.Pointer, value = walk.Values.Pointer + column, output = walk.Output.Pointer + column;
        Vector512<float> m0 = default, m1 = default, m2 = default, m3 = default, m4 = default, m5 = default, m6 = default, m7 = default;
        var row = walk.Source.Pointer + column;
        long stride = walk.Source.Stride;
        var rows = walk.Source.Count;
        for (var i = 0; i < rows; i++, row += stride)
        {
            Ahead(row);
            var key = Vector512.Create(keys[i]);
            m0 = Vector512.FusedMultiplyAdd(Vector512.Load(row) * alpha, key, m0);
            m1 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 16) * alpha, key, m1);
            m2 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 32) * alpha, key, m2);
            m3 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 48) * alpha, key, m3);
            m4 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 64) * alpha, key, m4);
            m5 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 80) * alpha, key, m5);
            m6 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 96) * alpha, key, m6);
            m7 = Vector512.FusedMultiplyAdd(Vector512.Load(row + 112) * alpha, key, m7);
        }

        var strength = Vector512.Create(walk.Beta.Pointer[0]);
        var d0 = strength * (Vector512.Load(value) - m0);
        var d1 = strength * (Vector512.Load(value + 16) - m1);
        var d2 = strength * (Vector512.Load(value + 32) - m2);
        var d3 = strength * (Vector512.Load(value + 48) - m3);
        var d4 = strength * (Vector512.Load(value + 64) - m4);
        var d5 = strength * (Vector512.Load(value + 80) - m5);
        var d6 = strength * (Vector512.Load(value + 96) - m6);
        var d7 = strength * (Vector512.Load(value + 112) - m7);
        Vector512<float> o0 = default, o1 = default, o2 = default, o3 = default, o4 = default, o5 = default, o6 = default, o7 = default;
        row = walk.Source.Pointer + column;
        var target = walk.Target.Pointer + column;
        for (var i = 0; i < rows; i++, row += stride, target += walk.Target.Stride)
        {
            var key = Vector512.Create(keys[i]);
            var query = Vector512.Create(queries[i]);
            o0 = Vector512.FusedMultiplyAdd(Write(row, target, alpha, key, d0), query, o0);
            o1 = Vector512.FusedMultiplyAdd(Write(row + 16, target + 16, alpha, key, d1), query, o1);
            o2 = Vector512.FusedMultiplyAdd(Write(row + 32, target + 32, alpha, key, d2), query, o2);
            o3 = Vector512.FusedMultiplyAdd(Write(row + 48, target + 48, alpha, key, d3), query, o3);
            o4 = Vector512.FusedMultiplyAdd(Write(row + 64, target + 64, alpha, key, d4), query, o4);
            o5 = Vector512.FusedMultiplyAdd(Write(row + 80, target + 80, alpha, key, d5), query, o5);
            o6 = Vector512.FusedMultiplyAdd(Write(row + 96, target + 96, alpha, key, d6), query, o6);
            o7 = Vector512.FusedMultiplyAdd(Write(row + 112, target + 112, alpha, key, d7), query, o7);
        }

        o0.Store(output);
        o1.Store(output + 16);
        o2.Store(output + 32);
        o3.Store(output + 48);
        o4.Store(output + 64);
        o5.Store(output + 80);
        o6.Store(output + 96);
        o7.Store(output + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ahead(float* row)
    {
        if (!Sse.IsSupported)
            return;
        var ahead = (byte*)row + AheadBytes;
        for (var line = 0; line < BlockColumns * sizeof(float); line += CacheLine)
            Sse.Prefetch0(ahead + line);
    }

    private static void OneVector(in DeltaWalk walk, int column)
    {
        var width = Math.Min(Lanes.Count, walk.Values.Width - column);
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        walk.Values[0].Slice(column, width).CopyTo(lanes);
        float* keys = walk.Keys.Pointer, queries = walk.Queries.Pointer;
        var alpha = Vector512.Create(walk.Decay.Pointer[0]);
        var recalled = Vector512<float>.Zero;
        var row = walk.Source.Pointer + column;
        for (var i = 0; i < walk.Source.Count; i++, row += walk.Source.Stride)
            recalled = Vector512.FusedMultiplyAdd(Vector512.Load(row) * alpha, Vector512.Create(keys[i]), recalled);
        // δ of lanes past the value dimension is 0, so that the padding stays zero.
        var correction = Vector512.Create(walk.Beta.Pointer[0]) * (Vector512.Create<float>(lanes) - recalled);
        var read = Vector512<float>.Zero;
        row = walk.Source.Pointer + column;
        var target = walk.Target.Pointer + column;
        for (var i = 0; i < walk.Source.Count; i++, row += walk.Source.Stride, target += walk.Target.Stride)
            read = Vector512.FusedMultiplyAdd(Write(row, target, alpha, Vector512.Create(keys[i]), correction), Vector512.Create(queries[i]), read);
        read.CopyTo(lanes);
        lanes[..width].CopyTo(walk.Output[0][column..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Write(float* source, float* target, Vector512<float> alpha, Vector512<float> key, Vector512<float> correction)
    {
        var next = Vector512.FusedMultiplyAdd(key, correction, Vector512.Load(source) * alpha);
        next.Store(target);
        return next;
    }
}
