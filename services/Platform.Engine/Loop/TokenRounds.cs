namespace Platform.Engine;

/// <summary>Takes one turn's event of a sequence, or its failure.</summary>
/// <param name="sequence">Whose.</param>
/// <param name="token">The event; without a meaning when there is a failure.</param>
/// <param name="failure">Why the sequence must end, or null.</param>
internal delegate void TokenSink(Sequence sequence, in SequenceEvent token, SequenceFailedException? failure);

/// <summary>
/// Gives the sequences of a step their tokens. Round j draws from the j-th row of every sequence that has one: constraints are asked first, then
/// all rows are drawn together on the team, then tokens are appended and told in order. A sequence goes on to its next row when the token
/// drawn equals the draft that was fed there; so it gets exactly the tokens that single steps would have drawn.
/// </summary>
internal sealed class TokenRounds(RowSampler sampler, DraftSlots draftSlots, EngineCounters counters, TokenSink sink)
{
    private readonly List<int> _going = [];
    private readonly List<int> _still = [];

    /// <summary>Called for every row a token is chosen from; null in service.</summary>
    public LogitsObserver? Observer { get; set; }

    /// <summary>Draws, accepts and settles the whole step.</summary>
    /// <param name="batch">The lengths of its living sequences cover what they were fed but for the drafts; after it, the accepted drafts too.</param>
    /// <param name="output">The step's.</param>
    public void Run(StepBatch batch, StepOutput output)
    {
        Enter(batch);
        for (var round = 0; _going.Count > 0; round++)
        {
            Draw(batch, output, round);
            _still.Clear();
            for (var i = 0; i < _going.Count; i++)
            {
                if (GoesOn(sampler[i], round))
                    _still.Add(_going[i]);
            }

            _going.Clear();
            _going.AddRange(_still);
        }
    }

    private void Enter(StepBatch batch)
    {
        _going.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Sequences[i].Status != SequenceStatus.Finished && batch.Segments[i].Logits != LogitRows.None)
                _going.Add(i);
        }
    }

    private void Draw(StepBatch batch, StepOutput output, int round)
    {
        sampler.Clear();
        foreach (var index in _going)
        {
            var sequence = batch.Sequences[index];
            var draw = sampler.Add(sequence, output.FirstLogitRow(index) + round, sequence.TokenCount);
            draw.WithLogprobs = true;
            var logits = output.Logits(draw.Row);
            Observer?.Invoke(sequence, logits);
            TokenChooser.Constrain(draw, logits[..sampler.SampleableIds]);
        }

        sampler.Draw(output);
    }

    private bool GoesOn(RowDraw draw, int accepted)
    {
        var sequence = draw.Sequence;
        // Asked before the token is appended, which takes the draft's place.
        var right = accepted < sequence.FedDrafts && draw.Failure is null && draw.Token == sequence.NextDraft;
        SequenceEvent token;
        try
        {
            token = TokenChooser.Accept(draw);
        }
        catch (SequenceFailedException failure)
        {
            sink(sequence, default, failure);
            return false;
        }

        if (accepted < sequence.FedDrafts)
        {
            sequence.DraftRecord.Judge(accepted, right);
            counters.JudgeDraft(accepted, right);
        }

        if (right && token.Finish is null)
        {
            sequence.State.Length++;
            sink(sequence, token, null);
            return true;
        }

        draftSlots.Settle(sequence, accepted);
        sequence.DropDrafts();
        sink(sequence, token, null);
        return false;
    }
}
