using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>Measures how fast a team computes without touching memory: the ceiling of matrix products with many rows.</summary>
public static class ArithmeticProbe
{
    private const int Chains = 12;       // independent sums, so that none waits for its own last result
    private const int Iterations = 2_000_000;

    /// <summary>Float32 multiply-adds.</summary>
    /// <returns>Operations a second; a multiply-add counts as two.</returns>
    public static double FusedMultiplyAdd(WorkerTeam team)
    {
        var start = Stopwatch.GetTimestamp();
        team.Run(team.Threads, default(FloatJob));
        var lanes = Vector512.IsHardwareAccelerated ? 16 : 8;
        return Rate(team, lanes * 2, start);
    }

    /// <summary>
    /// Products of bytes with the instructions .NET offers (multiply and add pairs to 16 bits, pairs of those to 32, add): the ceiling of INT8
    /// kernels that emit no machine code.
    /// </summary>
    /// <returns>Operations a second; a multiply and its addition count as two. Null where the machine lacks the instructions.</returns>
    public static double? ByteProducts(WorkerTeam team)
    {
        if (!Avx512BW.IsSupported)
            return null;
        var start = Stopwatch.GetTimestamp();
        team.Run(team.Threads, default(ByteJob));
        return Rate(team, 64 * 2, start);
    }

    private static double Rate(WorkerTeam team, int operationsPerStep, long start) =>
        (double)team.Threads * Chains * Iterations * operationsPerStep / Stopwatch.GetElapsedTime(start).TotalSeconds;

    private struct FloatJob : ITeamJob
    {
        public readonly void Run(int task, int worker)
        {
            if (Vector512.IsHardwareAccelerated)
                Blackhole.Swallow(Wide());
            else
                Blackhole.Swallow(Narrow());
        }

        private static float Wide()
        {
            Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-9f);
            Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (var n = 0; n < Iterations; n++)
            {
                a = Vector512.FusedMultiplyAdd(a, x, y);
                b = Vector512.FusedMultiplyAdd(b, x, y);
                c = Vector512.FusedMultiplyAdd(c, x, y);
                d = Vector512.FusedMultiplyAdd(d, x, y);
                e = Vector512.FusedMultiplyAdd(e, x, y);
                f = Vector512.FusedMultiplyAdd(f, x, y);
                g = Vector512.FusedMultiplyAdd(g, x, y);
                h = Vector512.FusedMultiplyAdd(h, x, y);
                i = Vector512.FusedMultiplyAdd(i, x, y);
                j = Vector512.FusedMultiplyAdd(j, x, y);
                k = Vector512.FusedMultiplyAdd(k, x, y);
                l = Vector512.FusedMultiplyAdd(l, x, y);
            }

            return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        private static float Narrow()
        {
            Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-9f);
            Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (var n = 0; n < Iterations; n++)
            {
                a = Vector256.FusedMultiplyAdd(a, x, y);
                b = Vector256.FusedMultiplyAdd(b, x, y);
                c = Vector256.FusedMultiplyAdd(c, x, y);
                d = Vector256.FusedMultiplyAdd(d, x, y);
                e = Vector256.FusedMultiplyAdd(e, x, y);
                f = Vector256.FusedMultiplyAdd(f, x, y);
                g = Vector256.FusedMultiplyAdd(g, x, y);
                h = Vector256.FusedMultiplyAdd(h, x, y);
                i = Vector256.FusedMultiplyAdd(i, x, y);
                j = Vector256.FusedMultiplyAdd(j, x, y);
                k = Vector256.FusedMultiplyAdd(k, x, y);
                l = Vector256.FusedMultiplyAdd(l, x, y);
            }

            return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }

    private struct ByteJob : ITeamJob
    {
        public readonly void Run(int task, int worker)
        {
            Vector512<short> ones = Vector512.Create((short)1);
            // The other factor changes each turn, so that nothing can be computed once and kept.
            Vector512<sbyte> x = Vector512.Create((sbyte)5), change = Vector512.Create((sbyte)3);
            Vector512<int> a = default, b = default, c = default, d = default, e = default, f = default;
            for (var n = 0; n < Iterations * (Chains / 6); n++)
            {
                x += change;
                a += Dot(Vector512.Create((byte)3), x, ones);
                b += Dot(Vector512.Create((byte)5), x, ones);
                c += Dot(Vector512.Create((byte)7), x, ones);
                d += Dot(Vector512.Create((byte)9), x, ones);
                e += Dot(Vector512.Create((byte)11), x, ones);
                f += Dot(Vector512.Create((byte)13), x, ones);
            }

            Blackhole.Swallow(Vector512.Sum(a + b + c + d + e + f));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Dot(Vector512<byte> codes, Vector512<sbyte> x, Vector512<short> ones) =>
            Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(codes, x), ones);
    }
}
