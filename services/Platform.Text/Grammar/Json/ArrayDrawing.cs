namespace Platform.Text.Grammar;

/// <summary>Draws an array whose rule counts its items.</summary>
internal sealed class ArrayDrawing(JsonRules json, RuleBuilder rule)
{
    /// <param name="first">Rules of the first items, in order.</param>
    /// <param name="others">The rule of all others, or null when there are none.</param>
    public void Draw(IReadOnlyList<int> first, int? others)
    {
        int open = rule.State();
        rule.Byte(rule.Start, '[', open);
        int close = rule.State();
        rule.Byte(close, ']', rule.End);
        rule.Leave(open, close);
        int before = open;
        bool comma = false;
        foreach (int item in first)
        {
            before = Item(before, item, comma, close);
            comma = true;
        }

        if (others is not { } rest)
            return;
        int after = Item(before, rest, comma, close);
        int next = rule.State();
        rule.Step(after, next);
        ItemAfterComma(next, rest, after);
    }

    /// <summary>An item and, after it, the way to the end. Returns the state after the item.</summary>
    private int Item(int from, int item, bool comma, int close)
    {
        int next = rule.State();
        rule.Step(from, next);
        int after = rule.State();
        if (comma)
            ItemAfterComma(next, item, after);
        else
            rule.Call(rule.Call(next, json.Space), item, after);
        int leaving = rule.State();
        rule.Leave(after, leaving);
        rule.Call(leaving, json.Space, close);
        return after;
    }

    private void ItemAfterComma(int from, int item, int after)
    {
        int comma = rule.State();
        rule.Byte(from, ',', comma);
        rule.Call(rule.Call(comma, json.Space), item, after);
    }
}
