namespace Platform.Text.Grammar;

/// <summary>Draws an object: named members in the order given, then others, which its rule counts.</summary>
internal sealed class ObjectDrawing(JsonRules json, RuleBuilder rule)
{
    /// <param name="members">In the order in which they are written.</param>
    /// <param name="others">What may follow them, or null.</param>
    public void Draw(IReadOnlyList<Member> members, MemberPattern? others)
    {
        int open = rule.State();
        rule.Byte(rule.Start, '{', open);
        int close = rule.State();
        rule.Byte(close, '}', rule.End);

        // Until the first member is written there is no comma before the next.
        int none = open;
        int some = rule.State();
        foreach (var member in members)
        {
            int key = rule.State();
            int after = rule.State();
            rule.Free(none, key);
            rule.Byte(some, ',', key);
            Write(key, member, after);
            if (member.Required)
            {
                none = rule.State();
            }
            else
            {
                int next = rule.State();
                rule.Free(none, next);
                none = next;
                rule.Free(some, after);
            }

            some = after;
        }

        if (others is not null)
            some = Others(none, some, others);
        rule.Leave(none, close);
        int leaving = rule.State();
        rule.Leave(some, leaving);
        rule.Call(leaving, json.Space, close);
    }

    private void Write(int from, Member member, int to)
    {
        int key = rule.Call(from, json.Space);
        int colon = rule.Literal(key, JsonSpelling.Quote(member.Name) + ":");
        Value(colon, member.Value, to);
    }

    private int Others(int none, int some, MemberPattern others)
    {
        int key = rule.State();
        int first = rule.State();
        int next = rule.State();
        rule.Step(none, first);
        rule.Free(first, key);
        rule.Step(some, next);
        rule.Byte(next, ',', key);
        int colon = rule.State();
        rule.Byte(rule.Call(rule.Call(key, json.Space), others.Key), ':', colon);
        Value(colon, others.Value, some);
        return some;
    }

    private void Value(int afterColon, int value, int to)
    {
        int start = rule.State();
        rule.Free(afterColon, start);
        rule.Byte(afterColon, ' ', start);
        rule.Call(start, value, to);
    }
}
