using System.Globalization;
using Platform.Kernels;

namespace Benchmarks;

/// <summary>
/// Attention of a few tokens to a long paged context, each cache format and number of query heads, against the read bandwidth measured
/// beside it and against the plain form (one thread, a short context, since it is slow).
/// </summary>
internal static class AttentionBenchmark
{
    private const int HeadDim = 256;
    private const int KvHeads = 2;
    private const int PlainPositions = 1024;

    /// <param name="args">Threads, positions; nothing for all processors and 32768.</param>
    public static void Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        var positions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 32768;
        using var team = new WorkerTeam(threads);
        Console.WriteLine($"{threads} threads, {positions} positions, {KvHeads} kv heads of {HeadDim}, 512-bit vectors: {System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated}");
        Console.WriteLine("  format  q per kv  rows  ms best / median  GB/s of KV   of read   x plain");
        using var read = new ReadProbe(team, 256L << 20, hugePages: true);
        foreach (var storage in new[] { KvStorage.BF16, KvStorage.Int8, KvStorage.F32 })
        {
            using var cache = new Cache(storage, positions);
            // Some of the code is compiled in steps, so the first row would be slow.
            Timing.Of(cache.Attend(team, 4, positions, 1), warmUp: TimeSpan.FromSeconds(1.5), budget: TimeSpan.Zero);
            foreach (var (heads, rows) in new[] { (4, 1), (4, 4), (1, 1), (8, 1), (16, 1), (4, 64) })
                Row(team, read, cache, heads, rows, positions);
        }
    }

    private static void Row(WorkerTeam team, ReadProbe probe, Cache cache, int headsPerKv, int rows, int positions)
    {
        var budget = TimeSpan.FromSeconds(0.5);
        var read = probe.Measure() / 1e9;
        var timing = Timing.Of(cache.Attend(team, headsPerKv, positions, rows), warmUp: TimeSpan.FromMilliseconds(150), budget: budget);
        read = Math.Max(read, probe.Measure() / 1e9);
        var rate = (double)cache.Layout.PositionBytes * KvHeads * positions / timing.Minimum.TotalSeconds / 1e9;
        var plain = Timing.Of(cache.AttendPlainly(headsPerKv, PlainPositions), rounds: 3, warmUp: TimeSpan.FromMilliseconds(20));
        var plainSeconds = plain.Minimum.TotalSeconds / PlainPositions * positions * rows;
        Console.WriteLine(FormattableString.Invariant(
            $"  {cache.Layout.Storage,-6}{headsPerKv,10}{rows,6}{timing.Minimum.TotalMilliseconds,9:F2} /{timing.Median.TotalMilliseconds,7:F2}{rate,12:F1}{rate / read,10:P0}{plainSeconds / timing.Minimum.TotalSeconds,10:F0}"));
    }

    /// <summary>A filled cache of one layer.</summary>
    private sealed class Cache : IDisposable
    {
        private readonly NativeBuffer _memory;
        private readonly List<int> _pages;

        public Cache(KvStorage storage, int positions)
        {
            Layout = new KvLayout(1, KvHeads, HeadDim, storage);
            _pages = [.. Enumerable.Range(0, (positions + KvLayout.PagePositions - 1) / KvLayout.PagePositions)];
            _memory = new NativeBuffer(Layout.PageBytes * _pages.Count);
            var values = Enumerable.Range(0, 64).Select(seed => Values(HeadDim, seed)).ToArray();
            for (var position = 0; position < positions; position++)
            {
                for (var head = 0; head < KvHeads; head++)
                    KvPages.Write(_memory, Layout, position / 64, 0, head, position % 64, values[position % 63], values[position % 61]);
            }
        }

        public KvLayout Layout { get; }

        public Action Attend(WorkerTeam team, int headsPerKv, int positions, int rows)
        {
            var width = headsPerKv * KvHeads * HeadDim;
            var attention = new PagedAttention(team, Layout, headsPerKv * KvHeads);
            var queries = Matrix(rows, width);
            var output = Matrix(rows, width);
            var plan = attention.CreatePlan();
            plan.Add(_pages, positions - rows, rows, 0);
            return () => attention.Run(plan, _memory, 0, queries.Rows(0, rows, width, width), 1f / 16, output.Rows(0, rows, width, width));
        }

        public Action AttendPlainly(int headsPerKv, int positions)
        {
            var query = Values(HeadDim, 1);
            var output = new float[HeadDim];
            return () =>
            {
                for (var head = 0; head < headsPerKv * KvHeads; head++)
                    AttentionReference.Row(_memory, Layout, _pages, 0, head / headsPerKv, positions - 1, query, 1f / 16, output);
            };
        }

        public void Dispose() => _memory.Dispose();
    }

    private static NativeBuffer Matrix(int rows, int width)
    {
        var memory = new NativeBuffer((long)rows * width * sizeof(float));
        for (var row = 0; row < rows; row++)
            Values(width, row).CopyTo(memory.Span<float>((long)row * width * sizeof(float), width));
        return memory;
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
