using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Platform.Kernels;

namespace Benchmarks;

/// <summary>How fast a team reads memory: the ceiling of whatever streams.</summary>
internal static class ReadProbe
{
    private const int Parts = 64;
    private const int PartBytes = 4 << 20;

    private static readonly NativeBuffer Memory = Filled();
    private static long _sink;

    /// <summary>GB/s, the better of three sweeps over 256 MiB.</summary>
    public static double Bandwidth(WorkerTeam team)
    {
        var timing = Timing.Of(() => team.Run(Parts, new Sweep()), rounds: 3, warmUp: TimeSpan.Zero);
        return (double)Parts * PartBytes / timing.Minimum.TotalSeconds / 1e9;
    }

    private static NativeBuffer Filled()
    {
        var memory = new NativeBuffer((long)Parts * PartBytes);
        for (var part = 0; part < Parts; part++)
            memory.Span<byte>((long)part * PartBytes, PartBytes).Fill((byte)part);
        return memory;
    }

    private struct Sweep : ITeamJob
    {
        public readonly void Run(int task, int worker)
        {
            var vectors = MemoryMarshal.Cast<byte, Vector512<long>>(Memory.Span<byte>((long)task * PartBytes, PartBytes));
            Vector512<long> a = default, b = default, c = default, d = default;
            for (var i = 0; i + 3 < vectors.Length; i += 4)
            {
                a ^= vectors[i];
                b ^= vectors[i + 1];
                c ^= vectors[i + 2];
                d ^= vectors[i + 3];
            }

            Interlocked.Add(ref _sink, Vector512.Sum(a ^ b ^ c ^ d));
        }
    }
}
