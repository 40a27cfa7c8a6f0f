using System.Diagnostics;

namespace Benchmarks;

/// <summary>How long something took, over several rounds.</summary>
/// <param name="Minimum">The fastest round: what the machine can do when nothing disturbs it.</param>
/// <param name="Median">The middle round: what it did here.</param>
/// <param name="Processor">The least processor time of a round, all threads: what counts on a machine that others use too.</param>
internal readonly record struct Timing(TimeSpan Minimum, TimeSpan Median, TimeSpan Processor)
{
    /// <summary>Runs an action until it is warm, then times rounds of it.</summary>
    /// <param name="action">One round.</param>
    /// <param name="rounds">How many rounds are timed at most; at least three are.</param>
    /// <param name="warmUp">How much processor time it takes untimed: on a busy machine, wall time says nothing about being warm.</param>
    /// <param name="budget">After this long no further round starts.</param>
    public static Timing Of(Action action, int rounds = 15, TimeSpan? warmUp = null, TimeSpan? budget = null)
    {
        var processorAtFirst = Environment.CpuUsage.TotalTime;
        do
            action();
        while (Environment.CpuUsage.TotalTime - processorAtFirst < (warmUp ?? TimeSpan.FromMilliseconds(600)));

        var times = new List<TimeSpan>(rounds);
        var processor = TimeSpan.MaxValue;
        var clock = Stopwatch.StartNew();
        while (times.Count < rounds && (times.Count < 3 || clock.Elapsed < (budget ?? TimeSpan.FromSeconds(3))))
        {
            var startedProcessor = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(started));
            var used = Environment.CpuUsage.TotalTime - startedProcessor;
            processor = used < processor ? used : processor;
        }
        times.Sort();
        return new Timing(times[0], times[times.Count / 2], processor);
    }
}
