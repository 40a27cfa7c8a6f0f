using Platform.Contracts.Decoding;
using Platform.Engine;
using Platform.Text;

namespace Platform.Decoder;

/// <summary>
/// Bounds and decides reasoning by forcing tokens. What it forces is a function of the tokens and logits it is shown, so that a replayed
/// sequence gets the same text; what it remembers between calls only saves reading the tokens again. One per sequence, used on the
/// engine thread.
/// </summary>
/// <remarks>
/// <para>Deciding: the prompt ends right after the opening tag. The template itself continues in one of two ways: a blank line and the
/// closing tag, or one newline and reasoning. The model's probability of the blank line, given that it begins with a newline, is compared
/// with the threshold. With a token for the blank line that is p(blank line) / (p(blank line) + p(newline)) at the first position; without,
/// the probability of a second newline after the first.</para>
/// <para>The budget counts tokens of reasoning, without the newline that a decision wrote. When it is used up, the closing tag is
/// written as the template writes it, so that the answer follows.</para>
/// </remarks>
internal sealed class ReasoningRule(ReasoningTags tags, Tokenizer tokenizer, ReasoningControl control)
{
    /// <summary>The threshold when a request names none: an even chance.</summary>
    public const float DefaultCloseThreshold = 0.5f;

    private static ReadOnlySpan<byte> ClosingTag => "</think>"u8;

    // The last bytes of the text: enough to find a tag that was spelled across tokens.
    private readonly byte[] _tail = new byte[7];
    private int _tailLength;
    private int _read;
    private bool _closed;
    private bool _endsWithNewline;

    /// <summary>The rule as the engine calls it.</summary>
    public TokenConstraint Next(in GenerationProgress progress)
    {
        var generated = progress.Generated;
        if (control.Decide)
        {
            if (generated.Length < tags.DecisionIndex)
                return TokenConstraint.Forced(tags.Newline);
            if (generated.Length == tags.DecisionIndex)
                return Decide(progress.Logits);
            if (generated[tags.DecisionIndex] == tags.CloseId)
                return ForcedAt(tags.CloseAtOnce, generated.Length);
        }
        return control.HasBudget ? WithinBudget(generated) : TokenConstraint.None;
    }

    /// <summary>The model's probability of an empty block at the deciding position.</summary>
    public static double CloseProbability(ReasoningTags tags, ReadOnlySpan<float> logits)
    {
        double close = logits[tags.CloseId];
        if (tags.DecisionIndex == 0)
            return 1 / (1 + Math.Exp(logits[tags.Newline] - close));
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - close);
        return 1 / sum;
    }

    private TokenConstraint Decide(ReadOnlySpan<float> logits)
    {
        var threshold = control.HasCloseThreshold ? control.CloseThreshold : DefaultCloseThreshold;
        // Without a budget for reasoning there is nothing to decide.
        if (control is { HasBudget: true, Budget: 0 } || CloseProbability(tags, logits) >= threshold)
            return TokenConstraint.Forced(tags.CloseId);
        return tags.DecisionIndex == 0 ? TokenConstraint.Forced(tags.Newline) : TokenConstraint.Allowed(tags.AllButClose);
    }

    private TokenConstraint WithinBudget(ReadOnlySpan<int> generated)
    {
        var written = control.Decide ? 1 : 0;
        var budgetEnd = written + control.Budget;
        if (generated.Length < budgetEnd)
            return TokenConstraint.None;
        Read(generated[..budgetEnd]);
        if (_closed)
            return TokenConstraint.None;
        // An empty block has its blank line even though the prompt ends with a newline: so the template writes it.
        var closing = _endsWithNewline && control.Budget > 0 ? tags.CloseAfterNewline : tags.CloseAfterText;
        return ForcedAt(closing, generated.Length - budgetEnd);
    }

    private static TokenConstraint ForcedAt(IReadOnlyList<int> ids, int index) =>
        index < ids.Count ? TokenConstraint.Forced(ids[index]) : TokenConstraint.None;

    private void Read(ReadOnlySpan<int> ids)
    {
        for (; _read < ids.Length && !_closed; _read++)
        {
            // Special tokens are no text: the parser of the output does not see them either.
            if (!tokenizer.IsSpecial(ids[_read]))
                Read(tokenizer.TokenBytes(ids[_read]));
        }
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Span<byte> joined = stackalloc byte[_tail.Length + Math.Min(bytes.Length, 256)];
        _tail.AsSpan(0, _tailLength).CopyTo(joined);
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, joined.Length - _tailLength);
            bytes[..taken].CopyTo(joined[_tailLength..]);
            var text = joined[..(_tailLength + taken)];
            _closed |= text.IndexOf(ClosingTag) >= 0;
            _endsWithNewline = text[^1] == (byte)'\n';
            _tailLength = Math.Min(_tail.Length, text.Length);
            text[^_tailLength..].CopyTo(_tail);
            text[^_tailLength..].CopyTo(joined);
            bytes = bytes[taken..];
        }
    }
}
