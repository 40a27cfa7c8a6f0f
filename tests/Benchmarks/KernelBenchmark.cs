using Platform.Kernels;

namespace Benchmarks;

/// <summary>
/// The kernels at the smallest release's shapes. Speeds at best / per second of processor time; the plain form, one thread, is the baseline.
/// </summary>
internal static class KernelBenchmark
{
    private const int Outputs = 4096;
    private const int Inputs = 1024;

    /// <param name="args">Threads, or nothing for all processors.</param>
    public static void Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        using var team = new WorkerTeam(threads);
        Console.WriteLine($"{threads} threads");
        Products(team);
    }

    private static void Products(WorkerTeam team)
    {
        Console.WriteLine($"y = x.W^T, W [{Outputs}, {Inputs}]");
        foreach (var storage in Enum.GetValues<PanelStorage>())
        {
            using var weights = new PackedMatrix(Outputs, Inputs, storage);
            for (var row = 0; row < Outputs; row++)
                weights.PackRow(row, (ReadOnlySpan<float>)Values(Inputs, row));
            Product("plain, 1 row", weights, 1, GemmReference.Run);
            foreach (var rows in new[] { 1, 2, 4, 8, 32, 256 })
                Product($"{rows} rows", weights, rows, batch => Gemm.Run(team, batch));
        }
    }

    private static void Product(string name, PackedMatrix weights, int rows, Action<GemmBatch> run)
    {
        using var x = Matrix(rows, Inputs);
        using var y = Matrix(rows, Outputs);
        var batch = new GemmBatch();
        batch.Add(weights, x.Rows(0, rows, Inputs, Inputs), y.Rows(0, rows, Outputs, Outputs));
        var timing = Timing.Of(() => run(batch));
        var operations = 2.0 * rows * Outputs * Inputs;
        Console.WriteLine(
            $"  {weights.Storage,-8}{name,-14}{Giga(operations, timing.Minimum),8:F1} / {Giga(operations, timing.Processor),6:F1} GFLOP/s" +
            $"{Giga(weights.Bytes, timing.Minimum),8:F1} / {Giga(weights.Bytes, timing.Processor),6:F1} GB/s of weights");
    }

    private static double Giga(double amount, TimeSpan time) => amount / time.TotalSeconds / 1e9;

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
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
