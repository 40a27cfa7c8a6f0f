using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>
/// The gated delta rule for one value head over any number of tokens: forget, recall, correct, write, read. The value dimension lies in the
/// lanes and the key dimension is walked in order. Blocks of 32 columns go through all tokens one after the other, their decayed state in
/// the first-level cache: memory is read once and written once, whatever the number of tokens, and possibly elsewhere.
/// </summary>
/// <remarks>
/// Gated Delta Networks, arXiv 2412.06464, §3.1, with the state transposed to [Dk, Dv]. Prefill, decode and verification all run it; a token's
/// numbers do not depend on where the walk was cut. Writing a token's state and decaying and recalling it for the next token is one pass.
/// </remarks>
public static unsafe class GatedDelta
{
    /// <summary>The longest key: a block of 32 columns of it is kept on the stack.</summary>
    public const int MaxKeyDim = 512;

    private const int BlockColumns = 2 * Lanes.Count;

    // Rows ahead: a block's rows are short and far apart, so the machine does not guess the next.
    private const int RowsAhead = 12;

    /// <summary>For each token: S ← αS; m = Sᵀk; δ = β(v − m); S ← S + kδᵀ; o = Sᵀq.</summary>
    /// <param name="walk">States, tokens and results.</param>
    [SkipLocalsInit]
    public static void Run(in DeltaWalk walk)
    {
        walk.Check();
        if (walk.Values.Count == 1 && walk.Source.Count > 0)
        {
            DeltaStep.Run(walk);
            return;
        }

        var memory = stackalloc float[walk.Target.Count * BlockColumns + Lanes.Count];
        var decayed = (float*)(((nint)memory + 63) / 64 * 64);
        var valueDim = walk.Values.Width;
        for (var column = 0; column < valueDim; column += BlockColumns)
        {
            // The padding of a row may end inside the block; its second vector then stays unused.
            if (column + Lanes.Count < valueDim)
                Block<TwoVectors>(walk, column, decayed);
            else
                Block<OneVector>(walk, column, decayed);
        }
    }

    /// <summary>The plain form of <see cref="Run"/>, and its oracle.</summary>
    public static void RunReference(in DeltaWalk walk)
    {
        walk.Check();
        for (var k = 0; k < walk.Target.Count; k++)
        {
            if (walk.Source.Count == 0)
                walk.Target[k].Clear();
            else
                walk.Source[k].CopyTo(walk.Target[k]);
        }

        for (var token = 0; token < walk.Values.Count; token++)
        {
            StepReference(
                walk.Target, walk.Queries[token], walk.Keys[token], walk.Values[token], walk.Decay[token][0], walk.Beta[token][0], walk.Output[token]);
        }
    }

    private static void StepReference(
        FloatRows state, ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> value, float decay, float beta, Span<float> output)
    {
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

    private static void Block<TWidth>(in DeltaWalk walk, int column, float* decayed)
        where TWidth : struct, IBlockWidth
    {
        var recalled = walk.Source.Count == 0
            ? StartFromZero(walk.Target.Count, decayed)
            : Start<TWidth>(walk.Source, column, walk.Decay[0][0], walk.Keys.Pointer, decayed);
        var last = walk.Values.Count - 1;
        for (var token = 0; token <= last; token++)
        {
            var correction = Correction(walk, token, column, recalled);
            var key = walk.Keys.Pointer + (long)token * walk.Keys.Stride;
            var query = walk.Queries.Pointer + (long)token * walk.Queries.Stride;
            Pair read;
            if (token < last)
                read = Advance<TWidth>(walk.Target.Count, decayed, correction, query, key, key + walk.Keys.Stride, walk.Decay[token + 1][0], out recalled);
            else
                read = Finish<TWidth>(walk.Target, column, decayed, correction, query, key);
            Store(read, walk.Output[token][column..]);
        }
    }

    private static Pair StartFromZero(int rows, float* decayed)
    {
        new Span<float>(decayed, rows * BlockColumns).Clear();
        return default;
    }

    /// <summary>Reads a block, keeps it decayed, and recalls the first token's value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pair Start<TWidth>(FloatRows source, int column, float decay, float* key, float* decayed)
        where TWidth : struct, IBlockWidth
    {
        var alpha = Vector512.Create(decay);
        Vector512<float> m0 = default, m1 = default;
        var row = source.Pointer + column;
        long stride = source.Stride, ahead = RowsAhead * stride;
        for (var i = source.Count; i > 0; i--, row += stride, decayed += BlockColumns, key++)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(row + ahead);
                Sse.Prefetch0(row + ahead + Lanes.Count);
            }

            var k = Vector512.Create(*key);
            var s0 = Vector512.Load(row) * alpha;
            s0.Store(decayed);
            m0 = Vector512.FusedMultiplyAdd(s0, k, m0);
            if (TWidth.Two)
            {
                var s1 = Vector512.Load(row + 16) * alpha;
                s1.Store(decayed + 16);
                m1 = Vector512.FusedMultiplyAdd(s1, k, m1);
            }
        }

        return new Pair(m0, m1);
    }

    /// <summary>Writes and reads for one token, decays and recalls for the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pair Advance<TWidth>(
        int rows, float* decayed, Pair correction, float* query, float* key, float* nextKey, float nextDecay, out Pair recalled)
        where TWidth : struct, IBlockWidth
    {
        var alpha = Vector512.Create(nextDecay);
        var (d0, d1) = (correction.First, correction.Second);
        Vector512<float> o0 = default, o1 = default, m0 = default, m1 = default;
        for (var i = 0; i < rows; i++, decayed += BlockColumns)
        {
            var k = Vector512.Create(key[i]);
            var q = Vector512.Create(query[i]);
            var n = Vector512.Create(nextKey[i]);
            var s0 = Vector512.FusedMultiplyAdd(k, d0, Vector512.Load(decayed));
            o0 = Vector512.FusedMultiplyAdd(s0, q, o0);
            s0 *= alpha;
            s0.Store(decayed);
            m0 = Vector512.FusedMultiplyAdd(s0, n, m0);
            if (TWidth.Two)
            {
                var s1 = Vector512.FusedMultiplyAdd(k, d1, Vector512.Load(decayed + 16));
                o1 = Vector512.FusedMultiplyAdd(s1, q, o1);
                s1 *= alpha;
                s1.Store(decayed + 16);
                m1 = Vector512.FusedMultiplyAdd(s1, n, m1);
            }
        }

        recalled = new Pair(m0, m1);
        return new Pair(o0, o1);
    }

    /// <summary>Writes and reads for the last token, into the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pair Finish<TWidth>(FloatRows target, int column, float* decayed, Pair correction, float* query, float* key)
        where TWidth : struct, IBlockWidth
    {
        var (d0, d1) = (correction.First, correction.Second);
        Vector512<float> o0 = default, o1 = default;
        var row = target.Pointer + column;
        for (var i = 0; i < target.Count; i++, row += target.Stride, decayed += BlockColumns)
        {
            var k = Vector512.Create(key[i]);
            var q = Vector512.Create(query[i]);
            var s0 = Vector512.FusedMultiplyAdd(k, d0, Vector512.Load(decayed));
            s0.Store(row);
            o0 = Vector512.FusedMultiplyAdd(s0, q, o0);
            if (TWidth.Two)
            {
                var s1 = Vector512.FusedMultiplyAdd(k, d1, Vector512.Load(decayed + 16));
                s1.Store(row + 16);
                o1 = Vector512.FusedMultiplyAdd(s1, q, o1);
            }
        }

        return new Pair(o0, o1);
    }

    // δ of lanes past the value dimension is 0, so that the padding stays zero.
    private static Pair Correction(in DeltaWalk walk, int token, int column, Pair recalled)
    {
        var strength = Vector512.Create(walk.Beta[token][0]);
        var value = Load(walk.Values[token][column..]);
        return new Pair(strength * (value.First - recalled.First), strength * (value.Second - recalled.Second));
    }

    private static Pair Load(ReadOnlySpan<float> values)
    {
        if (values.Length >= BlockColumns)
            return new Pair(Vector512.Create(values), Vector512.Create(values[16..]));
        Span<float> lanes = stackalloc float[BlockColumns];
        lanes.Clear();
        values.CopyTo(lanes);
        return new Pair(Vector512.Create<float>(lanes), Vector512.Create<float>(lanes[16..]));
    }

    private static void Store(Pair read, Span<float> output)
    {
        if (output.Length >= BlockColumns)
        {
            read.First.CopyTo(output);
            read.Second.CopyTo(output[16..]);
            return;
        }

        Span<float> lanes = stackalloc float[BlockColumns];
        read.First.CopyTo(lanes);
        read.Second.CopyTo(lanes[16..]);
        lanes[..output.Length].CopyTo(output);
    }

    private readonly record struct Pair(Vector512<float> First, Vector512<float> Second);

    private interface IBlockWidth
    {
        static abstract bool Two { get; }
    }

    private readonly struct OneVector : IBlockWidth
    {
        public static bool Two => false;
    }

    private readonly struct TwoVectors : IBlockWidth
    {
        public static bool Two => true;
    }
}
