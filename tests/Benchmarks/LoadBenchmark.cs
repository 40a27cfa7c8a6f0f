using System.Diagnostics;
using Platform.Engine;
using Platform.Kernels;
using Platform.Model;

namespace Benchmarks;

/// <summary>What loading a checkpoint costs: reading it, touching as much fresh memory, and the whole, in wall, user and system time.</summary>
internal static class LoadBenchmark
{
    private const int Rounds = 3;

    /// <param name="args">The checkpoint's folder; threads.</param>
    public static void Run(string[] args)
    {
        var threads = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        using var checkpoint = Checkpoint.Open(args[0], new CheckpointOptions { TextOnly = true });
        var options = new TextModelOptions { Threads = threads };
        var weights = TextModelMemory.Of(checkpoint, options).Weights;
        Console.WriteLine($"{args[0]}: {weights / 1e9:F2} GB of packed weights, {threads} threads; wall, user, system, s");
        var folder = Path.Combine(Path.GetTempPath(), $"packed-{Environment.ProcessId}");
        var kept = options with { Packed = new PackedWeights { Folders = [folder] } };
        try
        {
            Measure("load and write the packed file", () => TextModel.Load(checkpoint, kept).Dispose());
            for (var round = 0; round < Rounds; round++)
            {
                Measure("touch fresh memory, one thread", () => Touch(weights));
                Measure("read every tensor, one thread", () => Read(checkpoint));
                Measure("load by packing", () => TextModel.Load(checkpoint, options).Dispose());
                Measure("load by mapping", () => TextModel.Load(checkpoint, kept).Dispose());
            }

            Decode(checkpoint, options, kept);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Single tokens through the model, weights in memory of its own and in the mapped file in turn.</summary>
    private static void Decode(Checkpoint checkpoint, TextModelOptions options, TextModelOptions kept)
    {
        using var own = TextModel.Load(checkpoint, options);
        Console.WriteLine($"  packed: {Resident()}");
        using var mapped = TextModel.Load(checkpoint, kept);
        Console.WriteLine($"  and mapped: {Resident()}");
        var (fromOwn, fromMapped) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds * 3; round++)
        {
            fromOwn.Add(StepTime(own));
            fromMapped.Add(StepTime(mapped));
        }

        fromOwn.Sort();
        fromMapped.Sort();
        Console.WriteLine($"  one token, ms, median: own memory {fromOwn[fromOwn.Count / 2]:F1}, mapped {fromMapped[fromMapped.Count / 2]:F1}");
    }

    private static double StepTime(TextModel model)
    {
        const int Steps = 12;
        using var cache = model.CreateKvCache(1);
        using var states = model.CreateStateStore(1);
        using var output = model.CreateOutput();
        var state = new SequenceState { Slot = 0 };
        state.Pages.Add(0);
        var segment = new StepSegment { State = state, Tokens = [5], TokenCount = 1, Logits = LogitRows.Last };
        var started = 0L;
        for (var step = 0; step < Steps + 2; step++)
        {
            started = step == 2 ? Stopwatch.GetTimestamp() : started;
            model.Run([segment], cache, states, output);
            state.Length++;
            segment.TokenOffset = 0;
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds / Steps;
    }

    private static string Resident() => File.Exists("/proc/self/smaps_rollup")
        ? string.Join(", ", File.ReadLines("/proc/self/smaps_rollup")
            .Where(line => line.StartsWith("Rss", StringComparison.Ordinal) || line.Contains("Huge", StringComparison.Ordinal) || line.Contains("PmdMapped", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))))
        : "unknown here";

    private static void Measure(string name, Action action)
    {
        GC.Collect();
        var before = Environment.CpuUsage;
        var started = Stopwatch.GetTimestamp();
        action();
        var wall = Stopwatch.GetElapsedTime(started);
        var after = Environment.CpuUsage;
        Console.WriteLine(
            $"  {name,-34}{wall.TotalSeconds,7:F2}{(after.UserTime - before.UserTime).TotalSeconds,7:F2}" +
            $"{(after.PrivilegedTime - before.PrivilegedTime).TotalSeconds,7:F2}");
    }

    private static void Touch(long bytes)
    {
        using var memory = new NativeBuffer(bytes);
        for (long at = 0; at < bytes; at += Environment.SystemPageSize)
            memory.Span<byte>(at, 1)[0] = 1;
    }

    private static void Read(Checkpoint checkpoint)
    {
        var row = new ushort[1 << 16];
        foreach (var tensor in checkpoint.Tensors.Where(tensor => tensor.Type == TensorType.BF16))
        {
            for (long at = 0; at < tensor.ElementCount; at += row.Length)
                tensor.ReadRaw(at, row.AsSpan(0, (int)Math.Min(row.Length, tensor.ElementCount - at)));
        }
    }
}
