namespace Platform.Engine;

/// <summary>Guesses what comes next: the model's draft head, or what a test puts in its place. A wrong guess costs time and nothing else. Engine thread only.</summary>
internal interface IDraftSource : IDisposable
{
    /// <summary>Whether steps must keep the hidden rows of every fed token.</summary>
    bool ReadsHidden { get; }

    /// <summary>Follows what a step fed and gives sequences their drafts (<see cref="Sequence.AddDraft"/>), at most as many as wanted.</summary>
    /// <param name="turns">The step's living sequences.</param>
    /// <param name="output">The step's output.</param>
    void Draft(IReadOnlyList<DraftTurn> turns, StepOutput output);
}
