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
        DeltaRule();
        Attention(team);
    }

    private static void Products(WorkerTeam team)
    {
        Console.WriteLine($"y = x.W^T, W [{Outputs}, {Inputs}]");
        foreach (var storage in new[] { PanelStorage.F32, PanelStorage.BF16 })
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
            $"  {weights.Storage,-5}{name,-14}{Giga(operations, timing.Minimum),8:F1} / {Giga(operations, timing.Processor),6:F1} GFLOP/s" +
            $"{Giga(weights.Bytes, timing.Minimum),8:F1} / {Giga(weights.Bytes, timing.Processor),6:F1} GB/s of weights");
    }

    private static void DeltaRule()
    {
        const int Dim = 128;
        const int Tokens = 512;
        using var memory = Matrix(Dim, Dim);
        var state = memory.Rows(0, Dim, Dim, Dim);
        float[] q = Unit(1), k = Unit(2), v = Values(Dim, 3), output = new float[Dim];
        Console.WriteLine($"gated delta rule, one head [{Dim}, {Dim}], state in the cache, one thread");
        Step("plain", () => GatedDelta.StepReference(state, q, k, v, 0.99f, 0.5f, output));
        Step("fast", () => GatedDelta.Step(state, q, k, v, 0.99f, 0.5f, output));

        static float[] Unit(int seed)
        {
            var values = Values(Dim, seed);
            Norms.L2(values, 1e-6f, 1f);
            return values;
        }

        static void Step(string name, Action step)
        {
            var timing = Timing.Of(() =>
            {
                for (var token = 0; token < Tokens; token++)
                    step();
            });
            Console.WriteLine($"  {name,-19}{timing.Minimum.TotalMicroseconds / Tokens,8:F2} / {timing.Processor.TotalMicroseconds / Tokens,6:F2} us per head and token");
        }
    }

    private static void Attention(WorkerTeam team)
    {
        const int Positions = 8192;
        const int Heads = 8;
        const int HeadDim = 256;
        Console.WriteLine($"attention of one token to {Positions} positions, 2 kv heads, {Heads} query heads of {HeadDim}");
        foreach (var storage in new[] { KvStorage.F32, KvStorage.BF16, KvStorage.Int8 })
        {
            var layout = new KvLayout(1, 2, HeadDim, storage);
            var pages = Enumerable.Range(0, Positions / KvLayout.PagePositions).ToList();
            using var memory = new NativeBuffer(layout.PageBytes * pages.Count);
            for (var position = 0; position < Positions; position++)
            {
                for (var head = 0; head < 2; head++)
                    KvPages.Write(memory, layout, position / 64, 0, head, position % 64, Values(HeadDim, position), Values(HeadDim, position + 1));
            }

            using var attention = new PagedAttention(team, layout, Heads);
            using var queries = Matrix(1, Heads * HeadDim);
            using var output = Matrix(1, Heads * HeadDim);
            var plan = attention.CreatePlan();
            plan.Add(pages, Positions - 1, 1, 0);
            var timing = Timing.Of(() => attention.Run(
                plan, memory, 0, queries.Rows(0, 1, Heads * HeadDim, Heads * HeadDim), 1f / 16, output.Rows(0, 1, Heads * HeadDim, Heads * HeadDim)));
            Console.WriteLine(
                $"  {storage,-19}{Giga(memory.Bytes, timing.Minimum),8:F1} / {Giga(memory.Bytes, timing.Processor),6:F1} GB/s of keys and values");
        }
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
