namespace Platform.Engine;

/// <summary>Refuses requests that could never be served, at submission and on the caller's thread.</summary>
internal static class RequestCheck
{
    /// <summary>Checks a request and returns how many tokens, prompt and answer, the sequence may have.</summary>
    /// <exception cref="SequenceRejectedException">The request is wrong; the message says found, rule and cure.</exception>
    public static int TokenLimit(SequenceRequest request, EngineModel model, int maxContext)
    {
        ArgumentNullException.ThrowIfNull(request);
        Require(request.PromptTokens is { Length: > 0 }, "The prompt has no token; it needs at least one.");
        CheckIds(request.PromptTokens, model.VocabSize, "prompt");
        CheckIds(request.ReplayTokens, model.VocabSize, "replay");
        if (request.Media is { } media)
            CheckMedia(media, request.PromptTokens.Length, model.HiddenSize);
        Require(request.StopTokenIds.Length <= SequenceRequest.MaxStopTokenIds,
            $"{request.StopTokenIds.Length} stop ids were given; at most {SequenceRequest.MaxStopTokenIds} are allowed.");
        Require(request.TopLogprobs is >= 0 and <= SequenceRequest.MaxTopLogprobs,
            $"TopLogprobs is {request.TopLogprobs}; it must be from 0 to {SequenceRequest.MaxTopLogprobs}.");
        Require(request.Choice >= 0, $"Choice is {request.Choice}; it must be at least 0.");
        CheckCaching(request);
        request.Sampling.Validate();
        return Limit(request, maxContext);
    }

    private static int Limit(SequenceRequest request, int maxContext)
    {
        var prompt = request.PromptTokens.Length;
        var known = (long)prompt + request.ReplayTokens.Length;
        Require(prompt < maxContext,
            $"The prompt has {prompt} tokens, but prompt and answer together may have at most {maxContext} here. Shorten it to {maxContext - 1} or fewer.");
        Require(known <= maxContext, $"Prompt and replayed tokens are {known}, but at most {maxContext} are possible here.");
        if (request.MaxTokens is not { } maxTokens)
            return maxContext;
        Require(maxTokens >= 1, $"MaxTokens is {maxTokens}; it must be at least 1.");
        Require((long)prompt + maxTokens <= maxContext,
            $"The prompt has {prompt} tokens and MaxTokens is {maxTokens}, together {(long)prompt + maxTokens}, but at most {maxContext} are possible here. " +
            $"Ask for at most {maxContext - prompt} tokens, or shorten the prompt.");
        Require(request.ReplayTokens.Length <= maxTokens, $"{request.ReplayTokens.Length} tokens are replayed, more than MaxTokens ({maxTokens}).");
        return prompt + maxTokens;
    }

    private static void CheckMedia(MediaEmbeddings media, int prompt, int hiddenSize)
    {
        Require(media.Width == hiddenSize,
            $"The media embeddings have {media.Width} values a row, but the model's hidden size is {hiddenSize}. They are probably another model's.");
        if (media.Count == 0)
            return;
        Require(media.IndexOf(0) >= 0 && media.IndexOf(media.Count - 1) < prompt,
            $"The media embeddings stand at indices {media.IndexOf(0)} to {media.IndexOf(media.Count - 1)}, but the prompt has only {prompt} tokens.");
    }

    private static void CheckCaching(SequenceRequest request)
    {
        Require(request.CacheSalt is { Length: <= SequenceRequest.MaxCacheSalt },
            $"The cache salt has {request.CacheSalt?.Length} characters; at most {SequenceRequest.MaxCacheSalt} are allowed. Send a hash.");
        var last = 0;
        foreach (var position in request.CheckpointPositions)
        {
            Require(position > last && position <= request.PromptTokens.Length,
                $"The checkpoint position {position} follows {last}; positions ascend from 1 to the prompt's length ({request.PromptTokens.Length}).");
            last = position;
        }

        Require(request.ReturnPosition == 0 || Array.IndexOf(request.CheckpointPositions, request.ReturnPosition) >= 0,
            $"The return position {request.ReturnPosition} is none of the checkpoint positions; name one of them, or 0.");
    }

    private static void CheckIds(int[] ids, int vocabSize, string what)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabSize)
                throw new SequenceRejectedException(
                    $"Token {i} of the {what} is {ids[i]}, but the model knows ids from 0 to {vocabSize - 1}. The tokenizer probably belongs to another model.");
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new SequenceRejectedException(message);
    }
}
