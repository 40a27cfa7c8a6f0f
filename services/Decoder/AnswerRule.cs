using Platform.Engine;
using Platform.Text.Grammar;

namespace Platform.Decoder;

/// <summary>
/// Constrains an answer by its grammar beside the rule for its thinking block: what that rule forces comes first. A function of the
/// tokens and logits shown, as both are. One per sequence, used on the engine thread.
/// </summary>
internal sealed class AnswerRule(GrammarGuide guide, ReasoningRule? reasoning)
{
    private ulong[]? _both;

    /// <summary>The rule as the engine calls it.</summary>
    public TokenConstraint Next(in GenerationProgress progress)
    {
        var said = reasoning?.Next(progress) ?? TokenConstraint.None;
        if (said.ForcedToken is not null)
            return said;
        var next = guide.Next(progress.Generated);
        if (next.Only is { } only)
            return TokenConstraint.Forced(only);
        return TokenConstraint.Allowed(said.AllowedMask is { } mask ? Both(mask, next.Mask!) : next.Mask!);
    }

    private ulong[] Both(ulong[] one, ulong[] other)
    {
        _both ??= new ulong[other.Length];
        for (var i = 0; i < _both.Length; i++)
            _both[i] = i < one.Length ? one[i] & other[i] : 0;
        return _both;
    }
}
