using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>
/// The inner loop of products with quantised weights, in plain C#: up to four rows of input codes against one panel. Per half block an exact
/// integer sum, then one chain: sum ← fma(integers · input scale, weight scale, sum), in block order.
/// </summary>
/// <remarks>
/// Bytes are multiplied as nibbles, so that the instruction for pairs of bytes cannot saturate: an 8-bit weight is 16 · high + low, and eight
/// groups of 2 · 15 · 127 still fit in 16 bits.
/// </remarks>
internal static unsafe class BlockTile
{
    /// <summary>Rows of the largest tile.</summary>
    public const int MaxRows = 4;

    private const int FarBytes = 3072;

    /// <summary>Runs rows against one panel.</summary>
    /// <param name="operands">What and where.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="eightBits">INT8, else INT4.</param>
    /// <param name="mode">Store or add.</param>
    public static void Run(BlockOperands operands, int rows, bool eightBits, GemmMode mode)
    {
        while (rows > 0)
        {
            var now = rows >= MaxRows ? MaxRows : 1;
            if (now == MaxRows && eightBits)
                Rows4<EightBits>(operands, mode);
            else if (now == MaxRows)
                Rows4<FourBits>(operands, mode);
            else if (eightBits)
                Rows1<EightBits>(operands, mode);
            else
                Rows1<FourBits>(operands, mode);
            operands.Codes += now * operands.CodeStride;
            operands.Y = (float*)((byte*)operands.Y + now * operands.YStride);
            rows -= now;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4<TFormat>(in BlockOperands operands, GemmMode mode)
        where TFormat : struct, IBlockFormat
    {
        byte* w = operands.Weights, x0 = operands.Codes;
        var stride = operands.CodeStride;
        byte* x1 = x0 + stride, x2 = x1 + stride, x3 = x2 + stride;
        Vector512<float> f0 = default, f1 = default, f2 = default, f3 = default;
        for (var half = 0; half < 2 * operands.Blocks; half++)
        {
            var second = half & 1;
            BlockSums s0 = default, s1 = default, s2 = default, s3 = default;
            var group = w + second * TFormat.HalfBytes;
            var at = second * BlockLayout.HalfInputs;
            for (var i = 0; i < TFormat.GroupsPerHalf; i++, group += BlockLayout.GroupBytes, at += BlockLayout.GroupInputs)
            {
                var bytes = Vector512.Load(group);
                var low = bytes & Vector512.Create((byte)15);
                var high = (bytes.AsUInt16() >>> 4).AsByte() & Vector512.Create((byte)15);
                s0.Add<TFormat>(low, high, x0 + at);
                s1.Add<TFormat>(low, high, x1 + at);
                s2.Add<TFormat>(low, high, x2 + at);
                s3.Add<TFormat>(low, high, x3 + at);
            }

            var scales = Scales(w + 2 * TFormat.HalfBytes + second * BlockLayout.ScaleBytes);
            f0 = s0.Finish<TFormat>(x0, second, scales, f0);
            f1 = s1.Finish<TFormat>(x1, second, scales, f1);
            f2 = s2.Finish<TFormat>(x2, second, scales, f2);
            f3 = s3.Finish<TFormat>(x3, second, scales, f3);
            w += second * TFormat.BlockBytes;
            var step = second * InputCodes.RecordBytes;
            x0 += step;
            x1 += step;
            x2 += step;
            x3 += step;
        }

        var y = (byte*)operands.Y;
        Write(f0, (float*)y, mode);
        Write(f1, (float*)(y + operands.YStride), mode);
        Write(f2, (float*)(y + 2 * operands.YStride), mode);
        Write(f3, (float*)(y + 3 * operands.YStride), mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1<TFormat>(in BlockOperands operands, GemmMode mode)
        where TFormat : struct, IBlockFormat
    {
        byte* w = operands.Weights, x = operands.Codes;
        Vector512<float> sum = default;
        for (var half = 0; half < 2 * operands.Blocks; half++)
        {
            var second = half & 1;
            BlockSums sums = default;
            var group = w + second * TFormat.HalfBytes;
            var at = x + second * BlockLayout.HalfInputs;
            for (var i = 0; i < TFormat.GroupsPerHalf; i++, group += BlockLayout.GroupBytes, at += BlockLayout.GroupInputs)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(group + FarBytes);
                var bytes = Vector512.Load(group);
                var low = bytes & Vector512.Create((byte)15);
                var high = (bytes.AsUInt16() >>> 4).AsByte() & Vector512.Create((byte)15);
                sums.Add<TFormat>(low, high, at);
            }

            sum = sums.Finish<TFormat>(x, second, Scales(w + 2 * TFormat.HalfBytes + second * BlockLayout.ScaleBytes), sum);
            w += second * TFormat.BlockBytes;
            x += second * InputCodes.RecordBytes;
        }

        Write(sum, operands.Y, mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scales(byte* scales)
    {
        var bits = Vector256.Load((ushort*)scales);
        return (Vector512.Create(Vector256.WidenLower(bits), Vector256.WidenUpper(bits)) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector512<float> sum, float* y, GemmMode mode)
    {
        if (mode == GemmMode.AddTo)
            sum = Vector512.Load(y) + sum;
        sum.Store(y);
    }
}
