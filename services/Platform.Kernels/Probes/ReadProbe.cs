using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>
/// Measures how fast a team streams memory: the ceiling of every kernel that reads more than its caches hold. Owns a block much larger than
/// the last cache.
/// </summary>
/// <remarks>Several streams a thread, prefetched ahead, as the kernels read panels: one stream alone does not reach what the machine has.</remarks>
public sealed unsafe class ReadProbe : IDisposable
{
    private const long HugePage = 2 << 20;
    private const int PrefetchBytes = 2048;
    private const int StepBytes = 256;

    // Small parts, so that one late thread does not decide the time.
    private const int PartsPerThread = 16;

    private readonly WorkerTeam _team;
    private readonly long _bytes;
    private readonly void* _block;
    private byte* _start;

    /// <summary>Takes and touches the block.</summary>
    /// <param name="team">Who reads; not owned.</param>
    /// <param name="bytes">At least 1 MiB a thread; 256 MiB or more to be beyond the caches.</param>
    /// <param name="hugePages">Whether the system is asked for 2 MiB pages. Without, it gives what it gives by itself.</param>
    public ReadProbe(WorkerTeam team, long bytes, bool hugePages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, (1L << 20) * team.Threads);
        _team = team;
        _bytes = bytes / (StepBytes * Parts) * (StepBytes * Parts);
        _block = NativeMemory.Alloc((nuint)(bytes + HugePage));
        _start = (byte*)(((nint)_block + HugePage - 1) / HugePage * HugePage);
        if (hugePages)
            HugePages.Advise(_start, _bytes);
        _team.Run(Parts, new TouchJob { Start = _start, Bytes = _bytes / Parts });
    }

    ~ReadProbe() => Free();

    private int Parts => _team.Threads * PartsPerThread;

    /// <summary>Reads the block once.</summary>
    /// <returns>Bytes a second.</returns>
    public double Measure()
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        var start = Stopwatch.GetTimestamp();
        _team.Run(Parts, new ReadJob { Start = _start, Bytes = _bytes / Parts });
        return _bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Gives the block back.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_start == null)
            return;
        _start = null;
        NativeMemory.Free(_block);
    }

    private struct TouchJob : ITeamJob
    {
        public byte* Start;
        public long Bytes;

        public readonly void Run(int task, int worker) => NativeMemory.Fill(Start + task * Bytes, (nuint)Bytes, 1);
    }

    private struct ReadJob : ITeamJob
    {
        public byte* Start;
        public long Bytes;

        public readonly void Run(int task, int worker)
        {
            var from = Start + task * Bytes;
            var end = from + Bytes;
            Vector512<long> a = default, b = default, c = default, d = default;
            for (var at = from; at < end; at += StepBytes)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(at + PrefetchBytes);
                    Sse.Prefetch0(at + PrefetchBytes + 64);
                    Sse.Prefetch0(at + PrefetchBytes + 128);
                    Sse.Prefetch0(at + PrefetchBytes + 192);
                }

                a ^= Vector512.Load((long*)at);
                b ^= Vector512.Load((long*)(at + 64));
                c ^= Vector512.Load((long*)(at + 128));
                d ^= Vector512.Load((long*)(at + 192));
            }

            Blackhole.Swallow(Vector512.Sum(a ^ b ^ c ^ d));
        }
    }
}
