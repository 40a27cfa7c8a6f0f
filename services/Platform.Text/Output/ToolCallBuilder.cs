using System.Text;

namespace Platform.Text.Output;

/// <summary>Writes one tool call as deltas: its start, then fragments of its arguments.</summary>
internal sealed class ToolCallBuilder
{
    private readonly DeltaSink _sink;
    private readonly int _index;
    private readonly StringBuilder _json = new();
    private bool _any;

    public ToolCallBuilder(DeltaSink sink, int index, string id, string function)
    {
        _sink = sink;
        _index = index;
        Function = function;
        sink.Start(new ToolCallStart(index, id, function));
    }

    public string Function { get; }

    public void AddKey(string name)
    {
        AddJson(_any ? ", " : "{");
        AddJson(JsonQuoting.Quote(name));
        AddJson(": ");
        _any = true;
    }

    public void BeginString() => AddJson("\"");

    public void AddString(char c)
    {
        JsonQuoting.Append(_json, c);
        foreach (var chunk in _json.GetChunks())
            AddJson(chunk.Span);
        _json.Clear();
    }

    public void EndString() => AddJson("\"");

    public void AddJson(ReadOnlySpan<char> json) => _sink.Arguments(_index, json);

    public void Close() => AddJson(_any ? "}" : "{}");
}
