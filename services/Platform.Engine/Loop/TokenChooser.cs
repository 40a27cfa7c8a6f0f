namespace Platform.Engine;

/// <summary>Gives a sequence its next token: asks the constraint, samples, appends, and decides whether that was the last one.</summary>
internal sealed class TokenChooser(int sampleableIds)
{
    private readonly Sampler _sampler = new(sampleableIds);

    /// <summary>Chooses from a row of raw logits and appends the token to the sequence.</summary>
    /// <exception cref="SequenceFailedException">The row, the constraint or a delegate failed; the sequence must end.</exception>
    public SequenceEvent Choose(Sequence sequence, ReadOnlySpan<float> logits)
    {
        var request = sequence.Request;
        var row = logits[..sampleableIds];
        var constraint = Constraint(sequence, row);
        var key = new NoiseKey(request.Seed, request.Choice, sequence.TokenCount);
        var token = _sampler.Choose(row, request.Sampling, sequence.Counts, constraint, key);

        var (logprob, top) = Logprob(request, row, token);
        sequence.Append(token);
        return new SequenceEvent(token, logprob, top, FinishAfter(sequence, token), null, sequence.CachedTokens);
    }

    /// <summary>Why a sequence has nothing left to generate when it is submitted: its replayed tokens finished it already.</summary>
    public static FinishReason? EndBeforeStart(Sequence sequence)
    {
        var replay = sequence.Request.ReplayTokens;
        if (replay.Length == 0)
            return null;
        return IsStopId(sequence.Request, replay[^1]) ? FinishReason.Stop : LimitReached(sequence) ? FinishReason.Length : null;
    }

    private static TokenConstraint Constraint(Sequence sequence, ReadOnlySpan<float> row)
    {
        if (sequence.Request.Constraint is not { } rule)
            return TokenConstraint.None;
        try
        {
            return rule(new GenerationProgress(sequence.Request.PromptTokens, sequence.Generated, row));
        }
#pragma warning disable CA1031 // Foreign code: whatever it throws ends its own sequence only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new SequenceFailedException($"The token constraint failed: {exception.Message}", exception);
        }
    }

    private static (float, TopLogprob[]?) Logprob(SequenceRequest request, ReadOnlySpan<float> row, int token)
    {
        if (!request.Logprobs && request.TopLogprobs == 0)
            return (0, null);
        var normaliser = Logprobs.Normaliser(row);
        var top = request.TopLogprobs > 0 ? Logprobs.Top(row, normaliser, request.TopLogprobs) : null;
        return ((float)(row[token] - normaliser), top);
    }

    private static FinishReason? FinishAfter(Sequence sequence, int token)
    {
        var request = sequence.Request;
        if (IsStopId(request, token) || RuleStops(request.Stop, token))
            return FinishReason.Stop;
        return LimitReached(sequence) ? FinishReason.Length : null;
    }

    private static bool IsStopId(SequenceRequest request, int token) => !request.IgnoreEos && Array.IndexOf(request.StopTokenIds, token) >= 0;

    private static bool LimitReached(Sequence sequence) => sequence.TokenCount >= sequence.TokenLimit;

    private static bool RuleStops(StopRule? rule, int token)
    {
        if (rule is null)
            return false;
        try
        {
            return rule(token);
        }
#pragma warning disable CA1031 // Foreign code: whatever it throws ends its own sequence only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new SequenceFailedException($"The stop rule failed: {exception.Message}", exception);
        }
    }
}
