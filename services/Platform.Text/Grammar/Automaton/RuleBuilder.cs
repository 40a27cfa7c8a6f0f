namespace Platform.Text.Grammar;

/// <summary>Draws one rule.</summary>
internal sealed class RuleBuilder(GrammarBuilder grammar, int id, int start, int end)
{
    public int Id => id;

    public int Start => start;

    public int End => end;

    public GrammarBuilder Grammar => grammar;

    public int State() => grammar.AddState(id);

    public void Byte(int from, char value, int to) => grammar.AddBytes(from, (byte)value, (byte)value, to);

    public void Bytes(int from, int low, int high, int to) => grammar.AddBytes(from, (byte)low, (byte)high, to);

    public void Free(int from, int to) => grammar.AddMove(from, new Move(MoveKind.Free, to, -1));

    public void Step(int from, int to) => grammar.AddMove(from, new Move(MoveKind.Step, to, -1));

    public void Leave(int from, int to) => grammar.AddMove(from, new Move(MoveKind.Leave, to, -1));

    public void Call(int from, int rule, int to) => grammar.AddMove(from, new Move(MoveKind.Call, to, rule));

    /// <summary>Reads a rule and returns the state after it.</summary>
    public int Call(int from, int rule)
    {
        int after = State();
        Call(from, rule, after);
        return after;
    }

    /// <summary>Reads a text and returns the state after it.</summary>
    public int Literal(int from, string text) => Literal(from, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads bytes and returns the state after them.</summary>
    public int Literal(int from, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            int next = State();
            grammar.AddBytes(from, value, value, next);
            from = next;
        }

        return from;
    }

    /// <summary>Reads one of several texts. Common beginnings are shared.</summary>
    public void Literals(int from, IEnumerable<byte[]> texts, int to)
    {
        var children = new Dictionary<(int State, byte Value), int>();
        foreach (byte[] text in texts)
        {
            int state = from;
            foreach (byte value in text)
            {
                if (!children.TryGetValue((state, value), out int next))
                {
                    next = State();
                    grammar.AddBytes(state, value, value, next);
                    children[(state, value)] = next;
                }

                state = next;
            }

            Free(state, to);
        }
    }
}
