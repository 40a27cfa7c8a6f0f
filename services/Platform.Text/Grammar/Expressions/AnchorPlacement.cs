namespace Platform.Text.Grammar;

/// <summary>Takes the anchors out of an expression: where one is missing at an end, any text may stand there.</summary>
internal sealed class AnchorPlacement(Func<string, GrammarException> error)
{
    private static readonly ExpressionNode Anything = new ExpressionNode.Repeat(new ExpressionNode.Characters(CodePointSet.All), 0, -1);

    /// <param name="node">The expression.</param>
    /// <param name="wholeText">Whether nothing may stand beside it even without anchors.</param>
    public ExpressionNode Place(ExpressionNode node, bool wholeText)
    {
        if (node is ExpressionNode.Choice choice)
            return new ExpressionNode.Choice([.. choice.Parts.Select(part => Place(part, wholeText))]);
        var parts = node is ExpressionNode.Sequence sequence ? sequence.Parts.ToList() : [node];
        if (parts is [ExpressionNode.Choice or ExpressionNode.Sequence])
            return Place(parts[0], wholeText);
        bool atStart = parts is [ExpressionNode.Anchor { AtEnd: false }, ..];
        if (atStart)
            parts.RemoveAt(0);
        bool atEnd = parts is [.., ExpressionNode.Anchor { AtEnd: true }];
        if (atEnd)
            parts.RemoveAt(parts.Count - 1);
        foreach (var part in parts)
            RequireNone(part);
        if (!atStart && !wholeText)
            parts.Insert(0, Anything);
        if (!atEnd && !wholeText)
            parts.Add(Anything);
        return new ExpressionNode.Sequence(parts);
    }

    private void RequireNone(ExpressionNode node)
    {
        switch (node)
        {
            case ExpressionNode.Anchor:
                throw error("it has an anchor in its middle. Write ^ only at the start and $ only at the end.");
            case ExpressionNode.Repeat repeat:
                RequireNone(repeat.Part);
                break;
            case ExpressionNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                    RequireNone(part);
                break;
            case ExpressionNode.Choice choice:
                foreach (var part in choice.Parts)
                    RequireNone(part);
                break;
        }
    }
}
