namespace Platform.Engine;

/// <summary>A finished answer that plain, uncached, undrafted computing does not confirm: a fault in the engine or the machine. Holds nothing of
/// what was said.</summary>
/// <param name="NumericsId">Under which numerics both were computed.</param>
/// <param name="Index">The first token of the answer whose row of logits, or whose draw, differs.</param>
/// <param name="AnswerTokens">How many tokens the answer has.</param>
/// <param name="PromptTokens">How many its prompt has.</param>
/// <param name="CachedTokens">Of those, how many came from the prefix cache.</param>
/// <param name="JudgedDrafts">Drafts that were compared on the way.</param>
/// <param name="AcceptedDrafts">Of those, the ones that were right.</param>
/// <param name="DraftingSwitchedOff">Whether drafting is off from now until the next start.</param>
/// <param name="CacheSwitchedOff">Whether the prefix cache is off from now until the next start.</param>
public sealed record ShadowDifference(
    string NumericsId,
    int Index,
    int AnswerTokens,
    int PromptTokens,
    int CachedTokens,
    int JudgedDrafts,
    int AcceptedDrafts,
    bool DraftingSwitchedOff,
    bool CacheSwitchedOff);
