using Platform.Gateway.Observability;
using Platform.Gateway.Responses;
using Platform.Grains;
using Platform.Text;
using Platform.Text.Output;

namespace Platform.Gateway.Completions;

/// <summary>One choice of a plain completion: text up to a stop string.</summary>
internal sealed class CompletionChoice(int index, CompletionRequest request)
{
    private readonly Utf8StreamDecoder _decoder = new();
    private readonly StopStringScanner _stop = new(request.Generation.Stop);
    private readonly List<string> _text = [];
    private readonly List<ResponseToken> _tokensToTell = [];

    public int Index => index;

    public int Tokens { get; private set; }

    public int CachedTokens { get; private set; }

    public string? FinishReason { get; private set; }

    /// <summary>With logprobs: the tokens since the last <see cref="Tell"/>.</summary>
    public IReadOnlyList<ResponseToken> TokensToTell => _tokensToTell;

    /// <summary>Characters of the tokens told before; where the next one begins.</summary>
    public int TextOffset { get; private set; }

    public bool HasText => _text.Count > 0;

    /// <summary>The text since the last <see cref="Tell"/>.</summary>
    public string Text() => string.Concat(_text);

    public void Append(TokensEvent tokens)
    {
        foreach (var token in tokens.Tokens)
        {
            Tokens++;
            if (request.Logprobs is not null)
                _tokensToTell.Add(token);
            if (!token.Special)
                Keep(_stop.Append(_decoder.Append(token.Bytes)));
        }
    }

    /// <exception cref="Errors.ApiException">The choice failed.</exception>
    public void Finish(FinishedEvent finished, ResponseClock clock)
    {
        FailedResponse.ThrowIfFailed(finished);
        Keep(_stop.Append(_decoder.Flush()));
        Keep(_stop.Flush());
        FinishReason = finished.Reason == ResponseFinish.Length && !_stop.Matched ? "length" : "stop";
        CachedTokens = finished.CachedTokens;
        clock.ChoiceFinished(FinishReason);
    }

    /// <summary>Forgets what was told.</summary>
    public void Tell()
    {
        TextOffset += _tokensToTell.Sum(token => TokenText.Of(token.Bytes).Length);
        _text.Clear();
        _tokensToTell.Clear();
    }

    private void Keep(string text)
    {
        if (text.Length > 0)
            _text.Add(text);
    }
}
