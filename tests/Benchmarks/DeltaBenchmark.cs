using System.Globalization;
using Platform.Kernels;

namespace Benchmarks;

/// <summary>
/// The gated delta rule on heads of [128, 128]: microseconds per head and token for one head whose state stays in the cache, and for decode
/// steps of 18 layers of 16 heads, whose states come from memory, with the bandwidth that means.
/// </summary>
internal static class DeltaBenchmark
{
    private const int Dim = 128;
    private const int RowWidth = 4 * Dim + 2;
    private const int HeadsOfModel = 18 * 16;

    /// <param name="args">Threads; nothing for all processors.</param>
    public static void Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        using var team = new WorkerTeam(threads);
        Console.WriteLine($"gated delta rule, heads [{Dim}, {Dim}] in float32, {threads} threads");
        InCache();
        foreach (var sequences in new[] { 1, 8, 32 })
            Decode(team, sequences);
    }

    private static void InCache()
    {
        using var state = new NativeBuffer(Dim * Dim * sizeof(float));
        using var rows = Tokens(256);
        double plain = 0;
        foreach (var tokens in new[] { 1, 4, 32, 256 })
        {
            var walk = Walk(state.Rows(0, Dim, Dim, Dim), rows.Rows(0, tokens, RowWidth, RowWidth));
            if (tokens == 1)
                plain = Timing.Of(() => GatedDelta.RunReference(walk), rounds: 5).Minimum.TotalMicroseconds;
            var repeats = 512 / tokens;
            var timing = Timing.Of(() =>
            {
                for (var i = 0; i < repeats; i++)
                    GatedDelta.Run(walk);
            });
            var each = timing.Minimum.TotalMicroseconds / 512;
            Console.WriteLine(FormattableString.Invariant(
                $"  one thread, state in the cache, {tokens,3} tokens a call: {each:F2} us per head and token, {plain / each:F0} x plain"));
        }
    }

    private static void Decode(WorkerTeam team, int sequences)
    {
        var heads = HeadsOfModel * sequences;
        using var states = new NativeBuffer((long)heads * Dim * Dim * sizeof(float));
        states.Span<float>(0, heads * Dim * Dim).Fill(0.01f);
        using var rows = Tokens(1);
        var job = new Step { States = states, Rows = rows.Rows(0, 1, RowWidth, RowWidth) };
        var timing = Timing.Of(() => team.Run(heads, job), warmUp: TimeSpan.FromMilliseconds(200));
        Console.WriteLine(FormattableString.Invariant(
            $"  decode step, {sequences,2} sequences, 18 layers of 16 heads: {timing.Minimum.TotalMilliseconds:F2} / {timing.Median.TotalMilliseconds:F2} ms, {2 * states.Bytes / timing.Minimum.TotalSeconds / 1e9:F1} GB/s read and written"));
    }

    private static NativeBuffer Tokens(int count)
    {
        var memory = new NativeBuffer((long)count * RowWidth * sizeof(float));
        var random = new Random(1);
        var values = memory.Span<float>(0, count * RowWidth);
        for (var i = 0; i < values.Length; i++)
            values[i] = i % RowWidth >= 4 * Dim ? 0.9f : (random.NextSingle() - 0.5f) / 8;
        return memory;
    }

    private static DeltaWalk Walk(FloatRows state, FloatRows rows) => new()
    {
        Source = state,
        Target = state,
        Queries = rows.Columns(0, Dim),
        Keys = rows.Columns(Dim, Dim),
        Values = rows.Columns(2 * Dim, Dim),
        Output = rows.Columns(3 * Dim, Dim),
        Decay = rows.Columns(4 * Dim, 1),
        Beta = rows.Columns(4 * Dim + 1, 1),
    };

    private struct Step : ITeamJob
    {
        public NativeBuffer States;
        public FloatRows Rows;

        // The rows are shared and so is the output, which nobody reads.
        public readonly void Run(int task, int worker) => GatedDelta.Run(Walk(States.Rows((long)task * Dim * Dim, Dim, Dim, Dim), Rows));
    }
}
