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

    /// <summary>Of those, tokens of sequences that feed the one they just generated; drafts are not counted.</summary>
    public int DecodeTokens { get; private set; }

    /// <summary>Of those, drafts.</summary>
    public int DraftTokens { get; private set; }

    /// <summary>Of those, tokens of prompts, replays and what is computed again.</summary>
    public int PrefillTokens => Tokens - DecodeTokens - DraftTokens;

    /// <param name="sequence">Not in the batch yet.</param>
    /// <param name="tokens">Known tokens to feed.</param>
    /// <param name="drafts">Drafts to feed after them.</param>
    /// <param name="keepHidden">Whether the draft head reads the step's hidden rows.</param>
    public void Add(Sequence sequence, int tokens, int drafts, bool keepHidden)
    {
        if (sequence.IsDecoding)
            DecodeTokens += tokens;
        DraftTokens += drafts;
        Tokens += tokens + drafts;
        _sequences.Add(sequence);
        _segments.Add(sequence.Feed(tokens, drafts, keepHidden));
    }

    public void Clear()
    {
        _sequences.Clear();
        _segments.Clear();
        Tokens = 0;
        DecodeTokens = 0;
        DraftTokens = 0;
    }
}
