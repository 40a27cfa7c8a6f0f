using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>A draft head whose guesses are replaced, after it has done its work, by ones that are right with a given probability.</summary>
/// <param name="head">The head.</param>
/// <param name="answer">What will be said; may still be empty while it is found out.</param>
/// <param name="probability">That a guess is right.</param>
/// <param name="vocabulary">Ids there are.</param>
internal sealed class AcceptedDrafts(IDraftSource head, IReadOnlyList<int> answer, double probability, int vocabulary) : IDraftSource
{
    private readonly Random _random = new(1);

    public bool ReadsHidden => head.ReadsHidden;

    public void Draft(IReadOnlyList<DraftTurn> turns, StepOutput output)
    {
        head.Draft(turns, output);
        foreach (var turn in turns)
        {
            var drafts = turn.Sequence.DraftCount;
            turn.Sequence.DropDrafts();
            for (var i = 0; i < drafts; i++)
                turn.Sequence.AddDraft(Guess(turn.Sequence.Generated.Length + i));
        }
    }

    public void Dispose() => head.Dispose();

    private int Guess(int index)
    {
        var right = index < answer.Count ? answer[index] : 0;
        return _random.NextDouble() < probability ? right : (right + 1) % vocabulary;
    }
}
