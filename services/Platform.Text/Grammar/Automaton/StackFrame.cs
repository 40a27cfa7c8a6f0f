namespace Platform.Text.Grammar;

/// <summary>Where a called rule returns to. Frames with equal contents are one object as long as the automaton remembers them.</summary>
internal sealed class StackFrame
{
    private StackFrame(int state, int count, StackFrame? parent, int depth)
    {
        State = state;
        Count = count;
        Parent = parent;
        Depth = depth;
    }

    /// <summary>Below the root rule: where it ends, the answer may end.</summary>
    public static StackFrame Root { get; } = new(-1, 0, null, 0);

    /// <summary>Stands for whatever called a rule that is looked at by itself.</summary>
    public static StackFrame Unknown { get; } = new(-2, 0, null, 0);

    /// <summary>The state after the call.</summary>
    public int State { get; }

    /// <summary>The caller's counter.</summary>
    public int Count { get; }

    /// <summary>The caller's own frame.</summary>
    public StackFrame? Parent { get; }

    /// <summary>Frames below this one.</summary>
    public int Depth { get; }

    public static StackFrame On(StackFrame parent, int state, int count) => new(state, count, parent, parent.Depth + 1);
}
