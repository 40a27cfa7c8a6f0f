using Platform.Kernels;

namespace Platform.Engine;

/// <summary>
/// A stretch of (hidden, next token) pairs that the draft head reads: row i pairs the hidden state at position <see cref="StartPosition"/> + i
/// with the token after it, and predicts the one after that. Its keys and values go to the same pages as the sequence's, in a layer of their own.
/// </summary>
public sealed class DraftSegment : StepSegment
{
    /// <summary>Position of the first pair. Entries from here on are overwritten, those before must have been made.</summary>
    public int StartPosition { get; set; }

    /// <summary>
    /// [TokenCount, H]: the target's final-normed hidden rows (<see cref="StepOutput.SegmentHidden"/>), or, chaining, the head's own normed output.
    /// May lie in the output the step writes into.
    /// </summary>
    public FloatRows Hidden { get; set; }

    internal override int FirstPosition => StartPosition;

    internal override int FirstTokenIndex => StartPosition + 1;
}
