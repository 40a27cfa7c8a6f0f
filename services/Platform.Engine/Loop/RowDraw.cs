namespace Platform.Engine;

/// <summary>One row of logits and the token drawn from it. Reused from round to round.</summary>
internal sealed class RowDraw
{
    public Sequence Sequence { get; set; } = null!;

    /// <summary>The row's index in the step's output.</summary>
    public int Row { get; set; }

    /// <summary>Index in the sequence of the token to draw.</summary>
    public int Position { get; set; }

    public TokenConstraint Constraint { get; set; }

    /// <summary>Whether log-probabilities are computed when the request asks for them; a draft needs none.</summary>
    public bool WithLogprobs { get; set; }

    public int Token { get; set; }

    public float Logprob { get; set; }

    public TopLogprob[]? Top { get; set; }

    /// <summary>The row's fingerprint, when the sequence may be checked in the shadow.</summary>
    public ulong RowHash { get; set; }

    /// <summary>Why no token could be drawn, or null.</summary>
    public SequenceFailedException? Failure { get; set; }
}
