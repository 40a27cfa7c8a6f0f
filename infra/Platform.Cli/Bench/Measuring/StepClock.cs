using System.Diagnostics;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>Notes when each step of an engine ended and what it fed. Written on the engine's thread, read when the engine has nothing to do.</summary>
internal sealed class StepClock(StepRunner run) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<StepMark> _marks = [];
    private readonly ManualResetEventSlim _open = new(initialState: true);

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

        _open.Wait();
        BeforeStep?.Invoke(segments);
        run(segments, cache, states, output);
        lock (_lock)
            _marks.Add(new StepMark(Stopwatch.GetTimestamp(), decoding, tokens - decoding));
    }

    /// <summary>Holds the next step until what it returns is disposed: so that a whole batch starts together.</summary>
    public IDisposable Hold()
    {
        _open.Reset();
        return new Opening(_open);
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

    /// <summary>To be called when the engine has ended.</summary>
    public void Dispose() => _open.Dispose();

    private sealed class Opening(ManualResetEventSlim open) : IDisposable
    {
        public void Dispose() => open.Set();
    }
}
