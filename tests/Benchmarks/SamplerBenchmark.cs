using System.Diagnostics;
using Platform.Engine;

namespace Benchmarks;

/// <summary>The sampler on one row at the released vocabulary's size, one thread, plain and fast in turn on the same rows.</summary>
internal static class SamplerBenchmark
{
    private const int Vocabulary = 248_320;
    private const int Rounds = 41;
    private const int WarmUp = 200;

    /// <param name="args">Nothing.</param>
    public static void Run(string[] args)
    {
        Console.WriteLine($"choosing one of {Vocabulary:N0}, median of {Rounds} interleaved calls, us: plain, fast, ratio");
        foreach (var (rowName, row) in new[] { ("peaked", Peaked()), ("normal", Normal(2.5f)), ("flat", Normal(0.3f)) })
        {
            foreach (var (name, sampling) in Samplings())
                Measure($"{rowName,-8}{name}", row, sampling);
        }
    }

    private static IEnumerable<(string, SamplingParameters)> Samplings() =>
    [
        ("greedy", SamplingParameters.Greedy),
        ("temperature 0.7", new() { Temperature = 0.7f }),
        ("top-k 20", new() { TopK = 20 }),
        ("top-k 20, top-p 0.95, 0.6", new() { Temperature = 0.6f, TopK = 20, TopP = 0.95f }),
        ("top-k 1000", new() { TopK = 1000 }),
        ("top-p 0.95", new() { TopP = 0.95f }),
        ("top-p 0.95, 0.7", new() { Temperature = 0.7f, TopP = 0.95f }),
        ("min-p 0.05", new() { MinP = 0.05f }),
        ("presence 1.5, top-k 20", new() { PresencePenalty = 1.5f, TopK = 20, TopP = 0.8f, Temperature = 0.7f }),
    ];

    private static void Measure(string name, float[] row, SamplingParameters sampling)
    {
        var (plain, fast) = (new SortingSampler(Vocabulary), new Sampler(Vocabulary));
        var counts = new TokenCounts(sampling, [1, 2, 3]);
        foreach (var token in Enumerable.Range(0, 500))
            counts.Add(token * 7);
        var (slow, quick) = (new List<double>(), new List<double>());
        var position = 0;
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var key = new NoiseKey(1, 0, position++);
            var started = Stopwatch.GetTimestamp();
            var expected = plain.Choose(row, sampling, counts, TokenConstraint.None, key);
            var between = Stopwatch.GetTimestamp();
            var token = fast.Choose(row, sampling, counts, TokenConstraint.None, key);
            var ended = Stopwatch.GetTimestamp();
            if (token != expected)
                Console.WriteLine($"  {name}: {token} instead of {expected} at position {key.Position}");
            if (round < 0)
                continue;
            slow.Add(Stopwatch.GetElapsedTime(started, between).TotalMicroseconds);
            quick.Add(Stopwatch.GetElapsedTime(between, ended).TotalMicroseconds);
        }

        slow.Sort();
        quick.Sort();
        Console.WriteLine(
            $"  {name,-36}{slow[Rounds / 2],9:F0}{quick[Rounds / 2],9:F0}{slow[Rounds / 2] / quick[Rounds / 2],8:F1}x   fastest {slow[0],7:F0}{quick[0],7:F0}");
    }

    /// <summary>Like a trained model's: most ids far below a few hundred likely ones.</summary>
    private static float[] Peaked()
    {
        var row = Normal(1.5f);
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
            row[random.Next(Vocabulary)] = 8 + 6 * (float)Math.Pow(random.NextDouble(), 6) + 4 * random.NextSingle();
        return row;
    }

    private static float[] Normal(float deviation)
    {
        var random = new Random(3);
        var row = new float[Vocabulary];
        for (var i = 0; i < row.Length; i++)
            row[i] = deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return row;
    }
}
