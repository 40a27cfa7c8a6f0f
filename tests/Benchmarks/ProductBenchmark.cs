using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Platform.Kernels;

namespace Benchmarks;

/// <summary>
/// Matrix products in every storage and tier, beside float32 and the memory's read bandwidth, all in turns so that a busy moment hits all of
/// them. Medians of the rounds.
/// </summary>
internal static class ProductBenchmark
{
    private const int Inputs = 1024;
    private const int ManyOutputs = 65536;
    private const int FewOutputs = 4096;
    private const int Rounds = 7;
    private const long ProbeBytes = 256L << 20;

    /// <param name="args">Threads, or nothing for all processors.</param>
    public static void Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        using var team = new WorkerTeam(threads);
        Console.WriteLine($"{threads} threads; emitted code {EmittedCode.Description}; y = x.W^T, medians of {Rounds} rounds in turns");
        Table(team, ManyOutputs, [1, 4]);
        Table(team, FewOutputs, [1, 8, 12, 32, 512]);
    }

    private static void Table(WorkerTeam team, int outputs, int[] rowCounts)
    {
        Console.WriteLine($"W [{outputs}, {Inputs}]");
        using var probe = new NativeBuffer(ProbeBytes);
        probe.Span<byte>(0, (int)ProbeBytes).Fill(1);
        var matrices = Enum.GetValues<PanelStorage>().ToDictionary(storage => storage, storage => Packed(outputs, storage));
        var cases = rowCounts.SelectMany(rows => matrices.Values.SelectMany(weights => CasesOf(team, weights, rows))).ToList();
        foreach (var one in cases)
            one.WarmUp();
        var bandwidth = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            bandwidth.Add(ProbeBytes / Seconds(() => team.Run(64, new ReadJob { Memory = probe })));
            foreach (var one in cases)
                one.Times.Add(one.PerRun(Seconds(one.Run)));
        }

        Console.WriteLine($"  memory read beside it: {Median(bandwidth) / 1e9:F1} GB/s");
        foreach (var group in cases.GroupBy(one => one.Rows))
            Print([.. group], Median(bandwidth));
        foreach (var one in cases)
            one.Dispose();
        foreach (var weights in matrices.Values)
            weights.Dispose();
    }

    private static void Print(List<Case> cases, double bandwidth)
    {
        var plain = Median(cases.First(one => one.Weights.Storage == PanelStorage.F32).Times);
        foreach (var one in cases)
        {
            var seconds = Median(one.Times);
            var operations = 2.0 * one.Rows * one.Weights.Outputs * Inputs;
            var read = one.Weights.Bytes / seconds;
            Console.WriteLine(
                $"  {one.Rows,3} rows {one.Weights.Storage,-8}{(one.Emitted ? "emitted" : "vectors"),-8}{operations / seconds / 1e9,8:F1} GOP/s{read / 1e9,8:F1} GB/s" +
                $" ({read / bandwidth,4:P0} of the memory's){plain / seconds,7:F2} x float32");
        }
    }

    private static IEnumerable<Case> CasesOf(WorkerTeam team, PackedMatrix weights, int rows)
    {
        yield return new Case(team, weights, rows, emitted: false);
        if (EmittedCode.IsAvailable && weights.Storage is not (PanelStorage.F32 or PanelStorage.BF16))
            yield return new Case(team, weights, rows, emitted: true);
    }

    private static PackedMatrix Packed(int outputs, PanelStorage storage)
    {
        var matrix = new PackedMatrix(outputs, Inputs, storage);
        var random = new Random(1);
        var row = new float[Inputs];
        for (var output = 0; output < outputs; output++)
        {
            // A few different rows are enough: time does not depend on values.
            for (var k = 0; output % 64 == 0 && k < Inputs; k++)
                row[k] = random.NextSingle() - 0.5f;
            matrix.PackRow(output, (ReadOnlySpan<float>)row);
        }

        return matrix;
    }

    private static double Seconds(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private sealed class Case : IDisposable
    {
        private readonly WorkerTeam _team;
        private readonly NativeBuffer _x, _y;
        private readonly GemmBatch _batch = new();
        private readonly int _repeats;

        public Case(WorkerTeam team, PackedMatrix weights, int rows, bool emitted)
        {
            _team = team;
            Weights = weights;
            Rows = rows;
            Emitted = emitted;
            _x = new NativeBuffer((long)rows * Inputs * sizeof(float));
            _y = new NativeBuffer((long)rows * weights.Outputs * sizeof(float));
            var random = new Random(2);
            var x = _x.Rows(0, rows, Inputs, Inputs);
            foreach (ref var value in x.AsSpan())
                value = Bf16.RoundForDots(random.NextSingle() - 0.5f);
            _batch.Add(weights, x, _y.Rows(0, rows, weights.Outputs, weights.Outputs));
            // Short products are repeated: a millisecond or more each time.
            _repeats = weights.Outputs == FewOutputs && rows < 100 ? 20 : 1;
        }

        public PackedMatrix Weights { get; }

        public int Rows { get; }

        public bool Emitted { get; }

        public List<double> Times { get; } = [];

        public void WarmUp()
        {
            var clock = Stopwatch.StartNew();
            while (clock.ElapsedMilliseconds < 60)
                Run();
        }

        public void Run()
        {
            for (var i = 0; i < _repeats; i++)
                Gemm.Run(_team, _batch, Emitted);
        }

        public double PerRun(double seconds) => seconds / _repeats;

        public void Dispose()
        {
            _batch.Dispose();
            _x.Dispose();
            _y.Dispose();
        }
    }

    private struct ReadJob : ITeamJob
    {
        public NativeBuffer Memory;

        public readonly void Run(int task, int worker)
        {
            var part = (int)(ProbeBytes / 64);
            var words = Memory.Span<ulong>((long)task * part, part / sizeof(ulong));
            var (a, b, c, d) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
            for (var i = 0; i + 32 <= words.Length; i += 32)
            {
                a ^= Vector512.Create<ulong>(words[i..]);
                b ^= Vector512.Create<ulong>(words[(i + 8)..]);
                c ^= Vector512.Create<ulong>(words[(i + 16)..]);
                d ^= Vector512.Create<ulong>(words[(i + 24)..]);
            }

            if (Vector512.Sum(a ^ b ^ c ^ d) == 1)
                throw new InvalidOperationException("The probe's memory is not what was written.");
        }
    }
}
