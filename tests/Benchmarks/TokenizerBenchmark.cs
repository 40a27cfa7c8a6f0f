using System.Diagnostics;
using System.Text;
using Platform.Text;

namespace Benchmarks;

/// <summary>
/// Encoding speed. Aims: 20 MB/s on mixed text when warm, 3 MB/s in the worst case, time growing like n log n, loading under a second.
/// </summary>
internal static class TokenizerBenchmark
{
    private const int Megabyte = 1 << 20;

    /// <param name="args">
    /// Path of a tokenizer.json, or nothing: the Qwen3 vocabulary if fetched, else tiny35. Then, if wanted, the beginning of the only kind of
    /// text to measure.
    /// </param>
    public static void Run(string[] args)
    {
        var root = Repository.Root;
        var fetched = Path.Combine(root, "tests", ".packages", "tokenizer-qwen3", "models", "tokenizer.json");
        var goldens = Path.Combine(root, "tests", "Parity", "goldens", "tokenizer");
        var path = args.Length > 0 && args[0].Length > 0 ? args[0] : File.Exists(fetched) ? fetched : Path.Combine(goldens, "tiny35", "tokenizer.json");

        var startedProcessor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var tokenizer = Tokenizer.Load(path, SplitRule.Qwen35);
        var first = Stopwatch.GetElapsedTime(started);
        var firstProcessor = Environment.CpuUsage.TotalTime - startedProcessor;
        var later = Timing.Of(() => Tokenizer.Load(path, SplitRule.Qwen35), rounds: 5);
        Console.WriteLine($"{path} ({new FileInfo(path).Length / 1e6:F1} MB, {tokenizer.IdCount:N0} ids, Qwen3.5's split)");
        Console.WriteLine($"load: first {first.TotalMilliseconds:F0} ms ({firstProcessor.TotalMilliseconds:F0} ms of processor), " +
            $"then {later.Minimum.TotalMilliseconds:F0} ms ({later.Processor.TotalMilliseconds:F0} ms)");
        Console.WriteLine("Speeds: MB/s at best / median / per second of processor time.");
        Console.WriteLine();

        Sizes(tokenizer, Path.Combine(goldens, "qwen3.jsonl"), args.ElementAtOrDefault(1) ?? "");
        if (args.Length > 1)
            return;
        Threads(tokenizer, Path.Combine(goldens, "qwen3.jsonl"));
        Segments(tokenizer, Path.Combine(goldens, "qwen3.jsonl"));
    }

    private static void Sizes(Tokenizer tokenizer, string goldens, string onlyKind)
    {
        Console.WriteLine("One thread, n = 1 MB; growth is that of processor time from n to 4n.");
        Console.WriteLine($"{"text",-16}{"n",24}{"2n",24}{"4n",24}{"growth",9}{"tokens at n",13}");
        var sizes = new[] { Megabyte, 2 * Megabyte, 4 * Megabyte };
        var bySize = sizes.Select(size => TokenizerTexts.All(goldens, size)
            .Where(text => text.Kind.StartsWith(onlyKind, StringComparison.Ordinal)).ToList()).ToList();
        for (var kind = 0; kind < bySize[0].Count; kind++)
        {
            var timings = bySize.Select(texts => Measure(tokenizer, texts[kind].Text)).ToList();
            Console.WriteLine(
                $"{bySize[0][kind].Kind,-16}{timings[0].Speed,24}{timings[1].Speed,24}{timings[2].Speed,24}" +
                $"{timings[2].Processor / timings[0].Processor,9:F1}{tokenizer.Encode(bySize[0][kind].Text).Length,13:N0}");
        }
        Console.WriteLine();
    }

    private static void Threads(Tokenizer tokenizer, string goldens)
    {
        Console.WriteLine("Mixed text, 1 MB per thread; all threads together.");
        var text = TokenizerTexts.All(goldens, Megabyte).First().Text;
        var bytes = Encoding.UTF8.GetByteCount(text);
        foreach (var threads in new[] { 1, 2, 4 }.Where(count => count <= Math.Max(2, Environment.ProcessorCount)))
        {
            var timing = Timing.Of(() => Parallel.For(
                0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => tokenizer.Encode(text)));
            Console.WriteLine($"{threads,3} threads {Speed(bytes * threads, timing),24}");
        }
        Console.WriteLine();
    }

    /// <summary>A conversation: short segments, half of them trusted.</summary>
    private static void Segments(Tokenizer tokenizer, string goldens)
    {
        var text = TokenizerTexts.All(goldens, Megabyte).First().Text;
        var segments = text.Chunk(400).SelectMany(chunk => new[]
        {
            new PromptSegment("<|im_start|>user\n", true), new PromptSegment(new string(chunk), false), new PromptSegment("<|im_end|>\n", true),
        }).ToList();
        var bytes = segments.Sum(segment => Encoding.UTF8.GetByteCount(segment.Text));
        var timing = Timing.Of(() => tokenizer.Encode(segments));
        Console.WriteLine($"{segments.Count:N0} segments of a conversation, {bytes / 1e6:F1} MB: {Speed(bytes, timing)}");
        var ids = tokenizer.Encode(segments);
        var decoding = Timing.Of(() => tokenizer.Decode(ids));
        Console.WriteLine($"decoding them, {ids.Length:N0} ids: {Speed(bytes, decoding)}");
    }

    private static (TimeSpan Processor, string Speed) Measure(Tokenizer tokenizer, string text)
    {
        var timing = Timing.Of(() => tokenizer.Encode(text), budget: TimeSpan.FromSeconds(1.5));
        return (timing.Processor, Speed(Encoding.UTF8.GetByteCount(text), timing));
    }

    private static string Speed(long bytes, Timing timing) =>
        $"{bytes / 1e6 / timing.Minimum.TotalSeconds:F1} / {bytes / 1e6 / timing.Median.TotalSeconds:F1} / {bytes / 1e6 / timing.Processor.TotalSeconds:F1}";
}
