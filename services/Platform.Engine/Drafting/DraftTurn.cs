namespace Platform.Engine;

/// <summary>What a step did to one sequence, as a draft source sees it.</summary>
/// <param name="Sequence">Its length covers what it was fed and what was accepted; the token after that is known.</param>
/// <param name="Segment">Its index in the step.</param>
/// <param name="First">Position of the first token the step fed.</param>
/// <param name="Count">Tokens fed that stay: rejected drafts are not among them.</param>
/// <param name="Wanted">How many drafts it should get; 0 unless its next step feeds one token.</param>
internal readonly record struct DraftTurn(Sequence Sequence, int Segment, int First, int Count, int Wanted);
