using System.Text;

namespace Platform.Text.Output;

/// <summary>
/// The value of one parameter on its way into the arguments. Loses one leading and one trailing line break. A string streams as it
/// comes; what may still become another type waits until that is refuted or the value ends.
/// </summary>
internal sealed class ParameterValue
{
    private const ParameterTypes Streamable = ParameterTypes.String | ParameterTypes.Null | ParameterTypes.Untyped;

    private readonly ToolCallBuilder? _call;
    private readonly ParameterTypes _types;
    private readonly StringBuilder _waiting = new();
    private LineBreak _break;
    private bool _begun;
    private bool _streams;
    private int _wordLength;

    private ParameterValue(ToolCallBuilder? call, ParameterTypes types)
    {
        _call = call;
        _types = types;
    }

    /// <summary>A line break that is held because it may be the last one.</summary>
    private enum LineBreak
    {
        None,
        Return,
        Feed,
        ReturnFeed,
    }

    /// <summary>Whether the last character was a line feed.</summary>
    public bool AtLineStart { get; private set; }

    /// <summary>A value that is written into <paramref name="call"/>; its key is written already.</summary>
    public static ParameterValue For(ToolCallBuilder call, ParameterTypes types) => new(call, types);

    /// <summary>A value that nobody gets, because its parameter has no name.</summary>
    public static ParameterValue Dropped() => new(null, ParameterTypes.String);

    public void Add(char c)
    {
        AtLineStart = c == '\n';
        if (c == '\n')
            AddLineFeed();
        else
            AddOther(c);
    }

    /// <summary>The value ends.</summary>
    public void Close()
    {
        if (_break == LineBreak.Return)
            Take('\r');
        if (_call is null)
            return;
        if (_streams)
            _call.EndString();
        else
            _call.AddJson(ArgumentConversion.ToJson(_waiting.ToString(), _types));
    }

    private void AddLineFeed()
    {
        bool afterReturn = _break == LineBreak.Return;
        if (!afterReturn)
            SendBreak();
        if (_begun)
            _break = afterReturn ? LineBreak.ReturnFeed : LineBreak.Feed;
        else
            _break = LineBreak.None;
        _begun = true;
    }

    private void AddOther(char c)
    {
        SendBreak();
        if (c == '\r')
        {
            _break = LineBreak.Return;
            return;
        }

        _begun = true;
        Take(c);
    }

    private void SendBreak()
    {
        if (_break is LineBreak.Return or LineBreak.ReturnFeed)
            Take('\r');
        if (_break is LineBreak.Feed or LineBreak.ReturnFeed)
            Take('\n');
        _begun |= _break != LineBreak.None;
        _break = LineBreak.None;
    }

    private void Take(char c)
    {
        if (_call is null)
            return;
        if (!_streams && MustWait(c))
        {
            _waiting.Append(c);
            return;
        }

        if (!_streams)
            BeginStreaming();
        _call.AddString(c);
    }

    private void BeginStreaming()
    {
        _streams = true;
        _call!.BeginString();
        foreach (var chunk in _waiting.GetChunks())
        {
            foreach (char c in chunk.Span)
                _call.AddString(c);
        }

        _waiting.Clear();
    }

    /// <summary>Whether, with this character, the value may still become something else than a string.</summary>
    private bool MustWait(char c)
    {
        if (_types is ParameterTypes.None or ParameterTypes.String)
            return false;
        if ((_types & ~Streamable) != 0 || _wordLength < 0)
            return true;
        if (Characters.IsSpace(c))
            return true;
        return _wordLength == 0 ? MayBegin(c) : MayContinueNull(c);
    }

    private bool MayBegin(char c)
    {
        if (_types.HasFlag(ParameterTypes.Untyped) && c is '{' or '[')
        {
            _wordLength = -1;
            return true;
        }

        _wordLength = 1;
        return _types.HasFlag(ParameterTypes.Null) && c is 'n' or 'N';
    }

    /// <summary>White space inside the word is not told from that after it; it only delays the decision by a character.</summary>
    private bool MayContinueNull(char c)
    {
        int place = _wordLength++;
        return place < 4 && ("null"[place] == c || "None"[place] == c);
    }
}
