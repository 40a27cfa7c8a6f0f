using System.Diagnostics;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>Notes when each step of an engine ended and what it fed. Written on the engine's thread, read when the engine has nothing to do.</summary>
internal sealed class StepClock(StepRunner run)
{
    private readonly Lock _lock = new();
    private readonly List<StepMark> _marks = [];

    /// <summary>Sees the segments of each step before it runs; null for none.</summary>
    public Action<IReadOnlyList<StepSegment>>? BeforeStep { get; set; }

    public void Run(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore states, StepOutput output)
    {
        int tokens = 0, decoding = 0;
        foreach (var segment in segments)
        {
            tokens += segment.TokenCount;
            decoding += segment.TokenCount == 1 && segment.Logits != LogitRows.None ? 1 : 0;
        }

        BeforeStep?.Invoke(segments);
        run(segments, cache, states, output);
        lock (_lock)
            _marks.Add(new StepMark(Stopwatch.GetTimestamp(), decoding, tokens - decoding));
    }

    /// <summary>The steps since the last call, oldest first.</summary>
    public List<StepMark> Take()
    {
        lock (_lock)
        {
            List<StepMark> taken = [.. _marks];
            _marks.Clear();
            return taken;
        }
    }
}
