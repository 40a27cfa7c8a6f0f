namespace Platform.Engine.Tests;

/// <summary>The fast kernels, which also note what each thread that norms a row has allocated so far.</summary>
internal sealed class TeamAllocations : KernelSet
{
    private const int MostThreads = 4096;

    private readonly long[] _first = new long[MostThreads];
    private readonly long[] _last = new long[MostThreads];

    /// <summary>Forgets what was seen.</summary>
    public void Restart() => Array.Clear(_first);

    /// <summary>Threads seen, and what the one of them that allocated most did between its first and its last row.</summary>
    public (int Threads, long MostBytes) Seen()
    {
        var threads = Enumerable.Range(0, MostThreads).Where(id => _first[id] != 0).ToList();
        return (threads.Count, threads.Max(id => _last[id] - _first[id]));
    }

    public override void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, float epsilon, Span<float> y)
    {
        base.RmsNorm(x, scale, epsilon, y);
        // One more than it is: a thread that has never allocated anything was seen all the same.
        var (id, bytes) = (Environment.CurrentManagedThreadId, 1 + GC.GetAllocatedBytesForCurrentThread());
        _first[id] = _first[id] == 0 ? bytes : _first[id];
        _last[id] = bytes;
    }
}
