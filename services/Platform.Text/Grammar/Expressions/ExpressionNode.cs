namespace Platform.Text.Grammar;

/// <summary>A part of a regular expression.</summary>
internal abstract record ExpressionNode
{
    /// <summary>One character of a set.</summary>
    public sealed record Characters(CodePointSet Set) : ExpressionNode;

    /// <summary>One part after the other; none matches the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<ExpressionNode> Parts) : ExpressionNode;

    /// <summary>Any one of the parts.</summary>
    public sealed record Choice(IReadOnlyList<ExpressionNode> Parts) : ExpressionNode;

    /// <summary>A part some times over.</summary>
    /// <param name="Part">What is repeated.</param>
    /// <param name="Min">At least so often.</param>
    /// <param name="Max">At most so often; negative: without bound.</param>
    public sealed record Repeat(ExpressionNode Part, int Min, int Max) : ExpressionNode;

    /// <summary>The start (<c>^</c>) or the end (<c>$</c>) of the text.</summary>
    public sealed record Anchor(bool AtEnd) : ExpressionNode;
}
