using Google.Protobuf;
using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;
using WireMode = Platform.Contracts.Tokenization.ReasoningMode;

namespace Platform.Grains;

/// <summary>The grains' records as the contracts between services spell them, and back.</summary>
internal static class WireForms
{
    public static MediaGrid Grid(MediaHandle media)
    {
        var grid = new MediaGrid
        {
            Kind = media.Video ? MediaKind.Video : MediaKind.Picture,
            T = media.T,
            H = media.H,
            W = media.W,
        };
        grid.Timestamps.AddRange(media.Timestamps);
        return grid;
    }

    public static WireMode Mode(ReasoningMode mode) => mode switch
    {
        ReasoningMode.Thinking => WireMode.Thinking,
        ReasoningMode.Fast => WireMode.Fast,
        ReasoningMode.Auto => WireMode.Auto,
        _ => WireMode.Unspecified,
    };

    public static ReasoningMode Mode(WireMode mode) => mode switch
    {
        WireMode.Thinking => ReasoningMode.Thinking,
        WireMode.Fast => ReasoningMode.Fast,
        WireMode.Auto => ReasoningMode.Auto,
        _ => ReasoningMode.Default,
    };

    /// <summary>What a decoder is told about one choice.</summary>
    public static GenerateStart Start(string responseId, long epoch, int choice, ResponseRequest request, EncodedPrompt prompt, int maxTokens)
    {
        var start = new GenerateStart
        {
            ResponseId = responseId,
            Epoch = epoch,
            Choice = choice,
            Model = request.Model,
            Sampling = Sampling(request.Sampling),
            MaxTokens = maxTokens,
            IgnoreEos = request.IgnoreEos,
            Logprobs = request.Logprobs,
            TopLogprobs = request.TopLogprobs,
            Reasoning = Reasoning(request.Reasoning, prompt),
            CacheSalt = request.CacheSalt,
            ReturnPosition = prompt.ReturnBoundary,
            Form = Form(request.Form),
        };
        start.CheckpointPositions.AddRange(prompt.Boundaries);
        start.StopTokenIds.AddRange(request.StopTokenIds);
        start.Stop.AddRange(request.Stop);
        if (request.Prompt is ChatResponsePrompt chat)
        {
            start.Chat = true;
            start.ToolsJson = UnsafeByteOperations.UnsafeWrap(chat.ToolsJson);
            start.ToolCallsAllowed = chat.ToolCallsAllowed;
            start.Media.AddRange(chat.Media.Select(media => new MediaItem { Key = media.Key, Salt = request.CacheSalt, Grid = Grid(media) }));
        }
        return start;
    }

    /// <summary>The decoder's tokens as the log keeps them.</summary>
    public static ResponseToken[] Tokens(Tokens tokens) => [.. tokens.Tokens_.Select(token => new ResponseToken(
        token.Id,
        token.Text.ToByteArray(),
        token.Special,
        token.Logprob,
        token.Top.Count == 0 ? [] : [.. token.Top.Select(top => new TokenLogprob(top.Id, top.Text.ToByteArray(), top.Logprob))]))];

    public static ResponseFinish Finish(FinishReason reason) => reason switch
    {
        FinishReason.Stop => ResponseFinish.Stop,
        FinishReason.Length => ResponseFinish.Length,
        FinishReason.Cancelled => ResponseFinish.Cancelled,
        _ => ResponseFinish.Failed,
    };

    private static SamplingParameters Sampling(SamplingSettings settings)
    {
        var wire = new SamplingParameters
        {
            Temperature = settings.Temperature,
            TopP = settings.TopP,
            TopK = settings.TopK,
            MinP = settings.MinP,
            RepetitionPenalty = settings.RepetitionPenalty,
            PresencePenalty = settings.PresencePenalty,
            FrequencyPenalty = settings.FrequencyPenalty,
            Seed = settings.Seed,
        };
        foreach (var (id, bias) in settings.LogitBias)
            wire.LogitBias[id] = bias;
        return wire;
    }

    private static Contracts.Decoding.AnswerForm? Form(AnswerForm? form)
    {
        if (form is null)
            return null;
        var wire = new Contracts.Decoding.AnswerForm
        {
            Content = form.Content switch
            {
                AnswerContent.JsonObject => ContentForm.ContentJsonObject,
                AnswerContent.JsonSchema => ContentForm.ContentJsonSchema,
                AnswerContent.Expression => ContentForm.ContentExpression,
                _ => ContentForm.ContentFree,
            },
            Source = form.Source,
            Calls = form.Calls switch
            {
                AnswerCalls.Checked => CallForm.CallsChecked,
                AnswerCalls.Required => CallForm.CallsRequired,
                _ => CallForm.CallsFree,
            },
            SingleCall = form.SingleCall,
        };
        wire.Functions.AddRange(form.Functions);
        return wire;
    }

    private static ReasoningControl Reasoning(ReasoningSettings settings, EncodedPrompt prompt)
    {
        var control = new ReasoningControl { StartsOpen = prompt.OpensReasoning, Decide = prompt.Mode == ReasoningMode.Auto };
        if (settings.Budget is { } budget)
            control.Budget = budget;
        return control;
    }
}
