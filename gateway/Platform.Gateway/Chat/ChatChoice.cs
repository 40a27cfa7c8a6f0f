using System.Globalization;
using Platform.Gateway.Observability;
using Platform.Gateway.Responses;
using Platform.Grains;
using Platform.Text;
using Platform.Text.Output;

namespace Platform.Gateway.Chat;

/// <summary>One choice of a chat response: its tokens become reasoning, content and tool calls.</summary>
internal sealed class ChatChoice
{
    private const int MaxJoined = 2048;

    private readonly ChatRequest _request;
    private readonly Utf8StreamDecoder _text = new();
    private readonly OutputParser _parser;
    private readonly List<OutputDelta> _deltas = [];
    private readonly List<ResponseToken> _tokensToTell = [];

    public ChatChoice(int index, string responseId, ChatRequest request, ResponseAccepted accepted)
    {
        Index = index;
        _request = request;
        Mode = accepted.ReasoningMode;
        _parser = new OutputParser(new OutputParserOptions
        {
            StartInReasoning = accepted.OpensReasoning,
            Tools = request.Tools,
            ToolCallsAllowed = request.ToolUse.Allowed,
            // A constrained answer begins after the thinking block, and its content is what the grammar made it.
            ToolCallsInReasoning = request.Form is null,
            LiteralContent = request.Form is { Content: not AnswerContent.Free },
            StopStrings = request.Generation.Stop,
            // The ids of tool calls are this choice's own.
            CallIdSeed = string.Create(CultureInfo.InvariantCulture, $"{responseId}/{index}"),
        });
    }

    public int Index { get; }

    public int Tokens { get; private set; }

    public int ReasoningTokens { get; private set; }

    public int CachedTokens { get; private set; }

    /// <summary>How it reasons; auto until the model decided.</summary>
    public ReasoningMode Mode { get; set; }

    /// <summary>stop, length or tool_calls once finished.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>What became known since the last <see cref="TellDeltas"/>, in order.</summary>
    public IReadOnlyList<OutputDelta> Deltas => _deltas;

    /// <summary>With logprobs: the tokens since the last <see cref="TellTokens"/>.</summary>
    public IReadOnlyList<ResponseToken> TokensToTell => _tokensToTell;

    public void Append(TokensEvent tokens)
    {
        foreach (var token in tokens.Tokens)
        {
            Tokens++;
            if (_parser.State == OutputState.Reasoning)
                ReasoningTokens++;
            if (_request.Logprobs)
                _tokensToTell.Add(token);
            if (!token.Special)
                Parse(_text.Append(token.Bytes));
        }
    }

    /// <exception cref="Errors.ApiException">The choice failed.</exception>
    public void Finish(FinishedEvent finished, ResponseClock clock)
    {
        FailedResponse.ThrowIfFailed(finished);
        Parse(_text.Flush());
        Keep(_parser.Finish(finished.Reason == ResponseFinish.Length));
        FinishReason = _parser.FinishReason;
        CachedTokens = finished.CachedTokens;
        clock.ChoiceFinished(FinishReason);
    }

    /// <summary>Forgets the deltas, which were told.</summary>
    public void TellDeltas() => _deltas.Clear();

    /// <summary>Forgets the tokens, which were told.</summary>
    public void TellTokens() => _tokensToTell.Clear();

    private void Parse(string text)
    {
        if (text.Length > 0)
            Keep(_parser.Append(text));
    }

    // Neighbours of one kind become one: a client gets one piece per batch of tokens, not one per token. Up to a bound, since a whole
    // answer joined token by token would be copied as often.
    private void Keep(IReadOnlyList<OutputDelta> deltas)
    {
        foreach (var delta in deltas)
        {
            if (_request.ToolUse.Single && IsLaterCall(delta))
                continue;
            if (_deltas.Count > 0 && Join(_deltas[^1], delta) is { } joined)
                _deltas[^1] = joined;
            else
                _deltas.Add(delta);
        }
    }

    private static bool IsLaterCall(OutputDelta delta) => delta is ToolCallStart { Index: > 0 } or ToolCallArguments { Index: > 0 };

    private static OutputDelta? Join(OutputDelta first, OutputDelta second) => (first, second) switch
    {
        (ReasoningDelta a, ReasoningDelta b) when a.Text.Length < MaxJoined => new ReasoningDelta(a.Text + b.Text),
        (ContentDelta a, ContentDelta b) when a.Text.Length < MaxJoined => new ContentDelta(a.Text + b.Text),
        (ToolCallArguments a, ToolCallArguments b) when a.Index == b.Index && a.Json.Length < MaxJoined => new ToolCallArguments(a.Index, a.Json + b.Json),
        _ => null,
    };
}
