using System.Text;

namespace Platform.Text.Output;

/// <summary>Collects deltas; text of one kind in a row becomes one delta.</summary>
internal sealed class DeltaSink
{
    private readonly StringBuilder _text = new();
    private List<OutputDelta> _ready = [];
    private Kind _kind;
    private int _call;

    private enum Kind
    {
        Reasoning,
        Content,
        Arguments,
    }

    public void Reasoning(char c) => Open(Kind.Reasoning, 0).Append(c);

    public void Content(ReadOnlySpan<char> text) => Open(Kind.Content, 0).Append(text);

    public void Arguments(int call, ReadOnlySpan<char> json) => Open(Kind.Arguments, call).Append(json);

    public void Start(ToolCallStart start)
    {
        Close();
        _ready.Add(start);
    }

    /// <summary>What has been collected since the last call.</summary>
    public IReadOnlyList<OutputDelta> Drain()
    {
        Close();
        if (_ready.Count == 0)
            return [];
        var drained = _ready;
        _ready = [];
        return drained;
    }

    private StringBuilder Open(Kind kind, int call)
    {
        if (kind != _kind || call != _call)
            Close();
        _kind = kind;
        _call = call;
        return _text;
    }

    private void Close()
    {
        if (_text.Length == 0)
            return;
        string text = _text.ToString();
        _text.Clear();
        _ready.Add(_kind switch
        {
            Kind.Reasoning => new ReasoningDelta(text),
            Kind.Content => new ContentDelta(text),
            _ => new ToolCallArguments(_call, text),
        });
    }
}
