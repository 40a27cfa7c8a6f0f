namespace Platform.Engine;

/// <summary>What one step runs: sequences and their segments, index by index. Reused from step to step.</summary>
internal sealed class StepBatch
{
    private readonly List<Sequence> _sequences = [];
    private readonly List<StepSegment> _segments = [];

    public IReadOnlyList<Sequence> Sequences => _sequences;

    public IReadOnlyList<StepSegment> Segments => _segments;

    public int Count => _sequences.Count;

    /// <summary>Tokens fed, over all segments.</summary>
    public int Tokens { get; private set; }

    /// <summary>Of those, tokens of sequences that feed the one they just generated.</summary>
    public int DecodeTokens { get; private set; }

    public void Add(Sequence sequence, int tokens)
    {
        if (sequence.IsDecoding)
            DecodeTokens += tokens;
        Tokens += tokens;
        _sequences.Add(sequence);
        _segments.Add(sequence.Feed(tokens));
    }

    public void Clear()
    {
        _sequences.Clear();
        _segments.Clear();
        Tokens = 0;
        DecodeTokens = 0;
    }
}
