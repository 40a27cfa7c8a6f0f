namespace Platform.Text.Grammar;

/// <summary>The stack frames in use, each once.</summary>
internal sealed class FrameTable
{
    private readonly Dictionary<(StackFrame Parent, int State, int Count), StackFrame> _frames = [];

    public int Count => _frames.Count;

    public StackFrame On(StackFrame parent, int state, int count)
    {
        var key = (parent, state, count);
        if (!_frames.TryGetValue(key, out var frame))
            _frames[key] = frame = StackFrame.On(parent, state, count);
        return frame;
    }

    /// <summary>The frame of equal contents, after a <see cref="Clear"/>.</summary>
    public StackFrame Again(StackFrame frame) =>
        frame.Parent is null ? frame : On(Again(frame.Parent), frame.State, frame.Count);

    public void Clear() => _frames.Clear();
}
