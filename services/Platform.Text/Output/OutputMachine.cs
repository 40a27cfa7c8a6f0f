namespace Platform.Text.Output;

/// <summary>
/// The states of a reply, fed one character at a time. A <c>&lt;</c> opens a candidate for a tag; while it is undecided, text is held
/// there; if it comes to nothing, its first character is text and the rest is read again.
/// </summary>
internal sealed class OutputMachine
{
    private readonly OutputParserOptions _options;
    private readonly OfferedTools _tools;
    private readonly DeltaSink _sink;
    private readonly CallIds _ids;
    private readonly StopStringMatcher _stops;
    private readonly StopStringMatcher.Emit _emitContent;
    private readonly VisibleText _reasoning;
    private readonly VisibleText _content;
    private readonly TagCandidate _candidate = new();
    private readonly bool _callsAllowed;
    private ToolCallBuilder? _call;
    private ParameterValue? _value;
    private bool _onlyNewlines = true;
    private bool _rightAfterCall;
    private bool _callLineStart;
    private int _calls;

    public OutputMachine(OutputParserOptions options, DeltaSink sink)
    {
        _options = options;
        _sink = sink;
        _tools = new OfferedTools(options.Tools);
        _ids = new CallIds(options.CallIdSeed);
        _stops = new StopStringMatcher(options.StopStrings);
        _emitContent = sink.Content;
        _reasoning = new VisibleText(sink.Reasoning);
        _content = new VisibleText(c => _stops.Add(c, _emitContent));
        _callsAllowed = options.ToolCallsAllowed && _tools.Any;
        State = options.StartInReasoning ? OutputState.Reasoning : OutputState.Content;
    }

    public OutputState State { get; private set; }

    public bool StopStringSeen => _stops.Matched;

    /// <summary>Whether any call was made.</summary>
    public bool AnyCall => _calls > 0;

    /// <summary>Whether the text ended inside a call.</summary>
    public bool Unfinished { get; private set; }

    /// <summary>Characters read, those read again counted again: a few per character, whatever the text.</summary>
    public long Reads { get; private set; }

    public void Feed(char c)
    {
        if (_stops.Matched)
            return;
        Reads++;
        if (!_candidate.IsActive)
        {
            Plain(c);
            return;
        }

        switch (_candidate.Push(c))
        {
            case TagCandidate.Step.Tag when _candidate.Opening is null:
                FirstTag(_candidate.Tag);
                break;
            case TagCandidate.Step.Tag:
                FollowingTag();
                break;
            case TagCandidate.Step.Name:
                Named(_candidate.Name);
                break;
            case TagCandidate.Step.Refuted:
                Refute();
                break;
        }
    }

    /// <summary>The text ends: what is undecided is decided, what is open is closed.</summary>
    public void Finish()
    {
        while (_candidate.IsActive && !_stops.Matched)
            DecideAtEnd();
        if (State == OutputState.Reasoning)
            _reasoning.EndBeforeNewlines();
        _content.SendSpace();
        _stops.Flush(_emitContent);
        if (State is OutputState.Call or OutputState.Value)
        {
            Unfinished = true;
            CloseCall();
        }

        State = OutputState.Ended;
    }

    private void Plain(char c)
    {
        if (c == '<')
        {
            _candidate.Begin(PossibleTags());
            return;
        }

        if (State == OutputState.After && !Characters.IsSpace(c))
            EnterContentAfterCall();
        Text(c);
    }

    /// <summary>Takes a character that belongs to no tag.</summary>
    private void Text(char c)
    {
        _onlyNewlines &= Characters.IsNewline(c);
        switch (State)
        {
            case OutputState.Reasoning:
                _reasoning.Add(c);
                break;
            case OutputState.Content:
                _rightAfterCall = false;
                _content.Add(c);
                break;
            case OutputState.Value:
                _value!.Add(c);
                break;
            default:
                _callLineStart = c == '\n';
                break;
        }
    }

    private string[] PossibleTags() => State switch
    {
        OutputState.Reasoning => ReasoningTags(),
        OutputState.Call => _callLineStart ? Tags.InCallAtLineStart : Tags.InCall,
        OutputState.Value => _value!.AtLineStart ? Tags.InValueAtLineStart : Tags.InValue,
        OutputState.After => [Tags.CallEnd, .. ContentTags(lineStart: true)],
        _ when _options.LiteralContent => _callsAllowed && _content.IsEmpty ? [Tags.CallStart] : [],
        _ => ContentTags(_rightAfterCall || _content.AtLineStart),
    };

    private string[] ReasoningTags() => (_onlyNewlines, _callsAllowed && _options.ToolCallsInReasoning) switch
    {
        (true, true) => [Tags.ThinkEnd, Tags.ThinkStart, Tags.CallStart],
        (true, false) => [Tags.ThinkEnd, Tags.ThinkStart],
        (false, true) => [Tags.ThinkEnd, Tags.CallStart],
        _ => [Tags.ThinkEnd],
    };

    private string[] ContentTags(bool lineStart) => (_onlyNewlines, _callsAllowed, lineStart) switch
    {
        (true, true, _) => [Tags.ThinkEnd, Tags.ThinkStart, Tags.CallStart, Tags.FunctionStart],
        (true, false, _) => [Tags.ThinkEnd, Tags.ThinkStart],
        (false, true, true) => [Tags.ThinkEnd, Tags.CallStart, Tags.FunctionStart],
        (false, true, false) => [Tags.ThinkEnd, Tags.CallStart],
        _ => [Tags.ThinkEnd],
    };

    private void FirstTag(string tag)
    {
        if (State == OutputState.Value)
            ClosingTagInValue(tag);
        else if (tag == Tags.CallStart)
            _candidate.ExpectAfterGap(Tags.AfterCallStart);
        else if (tag is Tags.FunctionStart or Tags.ParameterStart)
            _candidate.ExpectName();
        else
            CompleteTag(tag);
    }

    private void CompleteTag(string tag)
    {
        _candidate.Reset();
        if (tag == Tags.ThinkStart)
        {
            State = OutputState.Reasoning;
            return;
        }

        _onlyNewlines = false;
        if (tag == Tags.ThinkEnd)
            EndThinking();
        else if (State == OutputState.Call)
            CloseCall();
    }

    private void EndThinking()
    {
        if (State == OutputState.Reasoning)
            _reasoning.EndBeforeNewlines();
        if (State == OutputState.After)
            EnterContentAfterCall();
        State = OutputState.Content;
    }

    private void ClosingTagInValue(string tag)
    {
        switch (tag)
        {
            case Tags.ParameterEnd when _value!.AtLineStart:
                _candidate.Reset();
                CloseValue();
                break;
            case Tags.ParameterEnd:
                _candidate.ExpectAfterGap(Tags.AfterParameterEnd);
                break;
            case Tags.FunctionEnd:
                _candidate.ExpectAfterGap(Tags.AfterFunctionEnd);
                break;
            case Tags.CallEnd:
                _candidate.ExpectAfterGap(Tags.AfterCallEnd);
                break;
            default:
                CloseValueBeforeTag();
                break;
        }
    }

    private void FollowingTag()
    {
        if (State == OutputState.Value)
            CloseValueBeforeTag();
        else
            _candidate.ExpectName();
    }

    /// <summary>The value ends where the candidate begins; the tags held there belong to the call.</summary>
    private void CloseValueBeforeTag()
    {
        string held = _candidate.Held;
        _candidate.Reset();
        CloseValue();
        FeedAgain(held);
    }

    private void Named(string name)
    {
        if (_candidate.Tag == Tags.ParameterStart)
        {
            _candidate.Reset();
            _call!.AddKey(name);
            BeginValue(ParameterValue.For(_call, _tools.TypesOf(_call.Function, name)));
        }
        else if (_tools.Contains(name) || (_candidate.Opening is not null && State != OutputState.Reasoning))
        {
            _candidate.Reset();
            BeginCall(name);
        }
        else
        {
            Refute();
        }
    }

    private void Refute()
    {
        if (_candidate.InName && _candidate.Tag == Tags.ParameterStart)
        {
            char last = _candidate.Last;
            _candidate.Reset();
            BeginValue(ParameterValue.Dropped());
            if (last != '>')
                Feed(last);
            return;
        }

        string held = _candidate.Held;
        _candidate.Reset();
        TextFromMark(held);
    }

    /// <summary>Takes the first character of <paramref name="held"/> as text and reads the rest again.</summary>
    private void TextFromMark(string held)
    {
        if (State == OutputState.After)
            EnterContentAfterCall();
        Text(held[0]);
        FeedAgain(held.AsSpan(1));
    }

    private void FeedAgain(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
            Feed(c);
    }

    private void EnterContentAfterCall()
    {
        State = OutputState.Content;
        _rightAfterCall = true;
    }

    private void BeginCall(string function)
    {
        _onlyNewlines = false;
        if (State == OutputState.Reasoning)
            _reasoning.DropSpace();
        else if (State == OutputState.Call)
            CloseCall();
        _content.DropSpace();
        int index = _calls++;
        _call = new ToolCallBuilder(_sink, index, _ids.Of(index), function);
        _callLineStart = false;
        State = OutputState.Call;
    }

    private void BeginValue(ParameterValue value)
    {
        _value = value;
        State = OutputState.Value;
    }

    private void CloseValue()
    {
        _value!.Close();
        _value = null;
        _callLineStart = false;
        State = OutputState.Call;
    }

    private void CloseCall()
    {
        if (State == OutputState.Value)
            CloseValue();
        _call!.Close();
        _call = null;
        State = OutputState.After;
    }

    private void DecideAtEnd()
    {
        if (State == OutputState.Value && _candidate.InGap)
        {
            CloseValueBeforeTag();
        }
        else if (_candidate.InName && (_candidate.Opening is not null || State == OutputState.Call))
        {
            _candidate.Reset();
            _content.DropSpace();
            _reasoning.DropSpace();
            Unfinished = true;
        }
        else
        {
            string held = _candidate.Held;
            _candidate.Reset();
            TextFromMark(held);
        }
    }
}
