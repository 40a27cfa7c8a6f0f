namespace Platform.Engine.Tests.Drafting;

/// <summary>A draft source that knows what each request's plain run said, and tells it with a given probability; else it tells the id after it.</summary>
/// <param name="plain">The whole answer of each request.</param>
/// <param name="probability">That a draft is right.</param>
/// <param name="inner">The model's own head, which follows all steps though its drafts are replaced; or null.</param>
internal sealed class ScriptedDrafts(IReadOnlyDictionary<SequenceRequest, int[]> plain, double probability, IDraftSource? inner = null) : IDraftSource
{
    private readonly Random _random = new(7);
    private IDraftSource? _inner = inner;

    /// <summary>What a wrong draft may be at most.</summary>
    public int Vocab { get; init; } = LedgerModel.Vocab;

    /// <summary>Says nothing at all.</summary>
    public bool IsSilent { get; init; }

    public bool ReadsHidden => _inner?.ReadsHidden ?? false;

    public void Draft(IReadOnlyList<DraftTurn> turns, StepOutput output)
    {
        _inner?.Draft(turns, output);
        foreach (var turn in turns)
        {
            turn.Sequence.DropDrafts();
            for (var i = 0; i < turn.Wanted && !IsSilent; i++)
                turn.Sequence.AddDraft(Guess(turn.Sequence, turn.Sequence.Generated.Length + i));
        }
    }

    /// <summary>Lets a head follow all steps.</summary>
    public ScriptedDrafts Over(IDraftSource head)
    {
        _inner = head;
        return this;
    }

    public void Dispose() => _inner?.Dispose();

    private int Guess(Sequence sequence, int index)
    {
        var answer = plain[sequence.Request];
        var truth = index < answer.Length ? answer[index] : 0;
        return _random.NextDouble() < probability ? truth : (truth + 1) % Vocab;
    }
}
