using Platform.Text;

namespace Platform.Decoder;

/// <summary>
/// The ids that open and close a thinking block the way the chat template writes it, and where the two part: after the opening tag comes
/// a newline and reasoning, or a blank line and the closing tag.
/// </summary>
internal sealed class ReasoningTags
{
    private ReasoningTags(Tokenizer tokenizer, int newline, int[] emptyBlock)
    {
        Newline = newline;
        DecisionIndex = emptyBlock[0] == newline ? 1 : 0;
        CloseId = emptyBlock[DecisionIndex];
        CloseAtOnce = emptyBlock;
        CloseAfterText = tokenizer.Encode("\n</think>\n\n", SpecialTokens.Parse);
        CloseAfterNewline = tokenizer.Encode("</think>\n\n", SpecialTokens.Parse);
        AllButClose = new ulong[(tokenizer.IdCount + 63) / 64];
        Array.Fill(AllButClose, ulong.MaxValue);
        AllButClose[CloseId / 64] &= ~(1UL << (CloseId % 64));
    }

    /// <summary>What follows the opening tag when reasoning begins.</summary>
    public int Newline { get; }

    /// <summary>Which token after the opening tag tells the two apart: the first where the vocabulary has a token for a blank line, else
    /// the second.</summary>
    public int DecisionIndex { get; }

    /// <summary>The id that stands there when the block stays empty.</summary>
    public int CloseId { get; }

    /// <summary>Every id but <see cref="CloseId"/>, as a mask.</summary>
    public ulong[] AllButClose { get; }

    /// <summary>The rest of an empty block right after the opening tag.</summary>
    public IReadOnlyList<int> CloseAtOnce { get; }

    /// <summary>Closes a block whose text does not end with a newline.</summary>
    public IReadOnlyList<int> CloseAfterText { get; }

    /// <summary>Closes a block whose text ends with a newline.</summary>
    public IReadOnlyList<int> CloseAfterNewline { get; }

    /// <summary>The vocabulary's tags, or null where it has no token for a newline.</summary>
    public static ReasoningTags? Find(Tokenizer tokenizer)
    {
        var newline = tokenizer.Encode("\n");
        return newline.Length == 1
            ? new ReasoningTags(tokenizer, newline[0], tokenizer.Encode("\n\n</think>\n\n", SpecialTokens.Parse))
            : null;
    }
}
