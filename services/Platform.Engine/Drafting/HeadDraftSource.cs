namespace Platform.Engine;

/// <summary>
/// Drafts from the model's multi-token prediction head. After every step the head reads the pairs (hidden state, next token) of what the step
/// fed, so that its keys and values cover what the sequence's own cover; a chain of further guesses writes behind them and is overwritten.
/// A guess is drawn with the sampling, the counts and the noise of the position it guesses, so it is right as soon as the head's distribution is
/// near enough to the model's. Constraints are not asked: they may remember what they are shown.
/// </summary>
internal sealed class HeadDraftSource(MtpHead head, KvCache cache, StepOutput output, RowSampler sampler) : IDraftSource
{
    private readonly List<DraftSegment> _pool = [];
    private readonly List<DraftSegment> _segments = [];
    private readonly List<DraftTurn> _drafting = [];
    private readonly List<DraftTurn> _still = [];

    public bool ReadsHidden => true;

    public void Draft(IReadOnlyList<DraftTurn> turns, StepOutput output)
    {
        Follow(turns, output);
        for (var chained = 1; _drafting.Count > 0; chained++)
        {
            Draw();
            KeepThoseThatWantMore();
            if (_drafting.Count > 0)
                Chain(chained);
        }
    }

    public void Dispose() => output.Dispose();

    /// <summary>Reads the step's pairs; the last of each that wants a draft gives logits.</summary>
    private void Follow(IReadOnlyList<DraftTurn> turns, StepOutput step)
    {
        _segments.Clear();
        _drafting.Clear();
        foreach (var turn in turns)
        {
            var segment = Segment(turn.Sequence, turn.First, turn.Count);
            segment.Hidden = step.SegmentHidden(turn.Segment).Rows(0, turn.Count);
            segment.Logits = turn.Wanted > 0 ? LogitRows.Last : LogitRows.None;
            if (turn.Wanted > 0)
                _drafting.Add(turn);
            turn.Sequence.HeadLength = turn.Sequence.HeadLength >= turn.First ? turn.First + turn.Count : 0;
        }

        head.Run(_segments, cache, output);
    }

    /// <summary>Feeds the head its last guess and its own output, one position further.</summary>
    private void Chain(int chained)
    {
        _segments.Clear();
        for (var i = 0; i < _drafting.Count; i++)
        {
            var sequence = _drafting[i].Sequence;
            var segment = Segment(sequence, sequence.State.Length - 1 + chained, 1);
            segment.Hidden = output.HiddenRows.Rows(i, 1);
            segment.Logits = LogitRows.Last;
        }

        head.Run(_segments, cache, output, chained % head.LayerCount);
    }

    private void Draw()
    {
        sampler.Clear();
        for (var i = 0; i < _drafting.Count; i++)
            sampler.Add(_drafting[i].Sequence, i, _drafting[i].Sequence.TokenCount + _drafting[i].Sequence.DraftCount);
        sampler.Draw(output);
    }

    /// <summary>Takes the drawn guesses. Those who go on come first in the output's rows, as the next link of the chain reads them.</summary>
    private void KeepThoseThatWantMore()
    {
        _still.Clear();
        for (var i = 0; i < _drafting.Count; i++)
        {
            var (sequence, wanted) = (_drafting[i].Sequence, _drafting[i].Wanted);
            if (sampler[i].Failure is not null)
                continue;
            sequence.AddDraft(sampler[i].Token);
            if (sequence.DraftCount >= wanted)
                continue;
            if (_still.Count < i)
                output.HiddenRows[i].CopyTo(output.HiddenRows[_still.Count]);
            _still.Add(_drafting[i]);
        }

        _drafting.Clear();
        _drafting.AddRange(_still);
    }

    private DraftSegment Segment(Sequence sequence, int start, int count)
    {
        if (_segments.Count == _pool.Count)
            _pool.Add(new DraftSegment());
        var segment = _pool[_segments.Count];
        segment.State = sequence.State;
        segment.StartPosition = start;
        segment.Tokens = sequence.TokenArray;
        segment.TokenOffset = start + 1;
        segment.TokenCount = count;
        segment.Positions = sequence.Segment.Positions;
        segment.Media = sequence.Segment.Media;
        _segments.Add(segment);
        return segment;
    }
}
