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

    /// <param name="args">Path of a tokenizer.json, or nothing: the Qwen3 vocabulary if fetched, else tiny35.</param>
    public static void Run(string[] args)
    {
        var root = Repository.Root();
        var fetched = Path.Combine(root, "tests", ".packages", "tokenizer-qwen3", "models", "tokenizer.json");
        var goldens = Path.Combine(root, "tests", "Parity", "goldens", "tokenizer");
        var path = args.Length > 0 ? args[0] : File.Exists(fetched) ? fetched : Path.Combine(goldens, "tiny35", "tokenizer.json");

        var started = Stopwatch.GetTimestamp();
        var tokenizer = Tokenizer.Load(path, SplitRule.Qwen35);
        var cold = Stopwatch.GetElapsedTime(started);
        var warm = Timing.Of(() => Tokenizer.Load(path, SplitRule.Qwen35), rounds: 5);
        Console.WriteLine($"{path} ({new FileInfo(path).Length / 1e6:F1} MB, {tokenizer.IdCount:N0} ids, Qwen3.5's split)");
        Console.WriteLine($"load: first {cold.TotalMilliseconds:F0} ms, then {warm.Minimum.TotalMilliseconds:F0} ms at best, {warm.Median.TotalMilliseconds:F0} ms median");
        Console.WriteLine();

        Sizes(tokenizer, Path.Combine(goldens, "qwen3.jsonl"));
        Threads(tokenizer, Path.Combine(goldens, "qwen3.jsonl"));
        Segments(tokenizer, Path.Combine(goldens, "qwen3.jsonl"));
    }

    private static void Sizes(Tokenizer tokenizer, string goldens)
    {
        Console.WriteLine("one thread; MB/s at best (median); n = 1 MB");
        Console.WriteLine($"{"text",-16}{"n",18}{"2n",18}{"4n",18}{"ms at n",10}{"x, n to 4n",12}{"tokens at n",13}");
        var sizes = new[] { Megabyte, 2 * Megabyte, 4 * Megabyte };
        var bySize = sizes.Select(size => TokenizerTexts.All(goldens, size).ToList()).ToList();
        for (var kind = 0; kind < bySize[0].Count; kind++)
        {
            var timings = bySize.Select(texts => Measure(tokenizer, texts[kind].Text)).ToList();
            var growth = timings[2].Minimum / timings[0].Minimum;
            Console.WriteLine(
                $"{bySize[0][kind].Kind,-16}{timings[0].Speed,18}{timings[1].Speed,18}{timings[2].Speed,18}{timings[0].Minimum.TotalMilliseconds,10:F1}" +
                $"{growth,12:F1}{tokenizer.Encode(bySize[0][kind].Text).Length,13:N0}");
        }
        Console.WriteLine();
    }

    private static void Threads(Tokenizer tokenizer, string goldens)
    {
        Console.WriteLine("mixed text, 1 MB per thread; MB/s together, at best (median)");
        var text = TokenizerTexts.All(goldens, Megabyte).First().Text;
        var bytes = Encoding.UTF8.GetByteCount(text);
        foreach (var threads in new[] { 1, 2, 4 }.Where(count => count <= Math.Max(2, Environment.ProcessorCount)))
        {
            var timing = Timing.Of(() => Parallel.For(
                0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => tokenizer.Encode(text)));
            Console.WriteLine($"{threads,3} threads {Speed(bytes * threads, timing),18}");
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
        Console.WriteLine($"{segments.Count:N0} segments of a conversation, {bytes / 1e6:F1} MB: {Speed(bytes, timing)} MB/s");
        var ids = tokenizer.Encode(segments);
        var decoding = Timing.Of(() => tokenizer.Decode(ids));
        Console.WriteLine($"decoding them, {ids.Length:N0} ids: {Speed(bytes, decoding)} MB/s");
    }

    private static (TimeSpan Minimum, string Speed) Measure(Tokenizer tokenizer, string text)
    {
        var timing = Timing.Of(() => tokenizer.Encode(text), budget: TimeSpan.FromSeconds(1.5));
        return (timing.Minimum, Speed(Encoding.UTF8.GetByteCount(text), timing));
    }

    private static string Speed(long bytes, Timing timing) =>
        $"{bytes / 1e6 / timing.Minimum.TotalSeconds:F1} ({bytes / 1e6 / timing.Median.TotalSeconds:F1})";
}
