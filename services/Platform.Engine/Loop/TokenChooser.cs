namespace Platform.Engine;

/// <summary>Gives a sequence its next token: asks the constraint before the draw; after it appends the token and decides whether that was the last one.</summary>
internal static class TokenChooser
{
    /// <summary>Asks the sequence's constraint about the row it is to draw from. A rule that fails is left in the draw.</summary>
    /// <param name="draw">Its sequence ends before the drawn position.</param>
    /// <param name="row">The raw logits of the sampleable ids.</param>
    public static void Constrain(RowDraw draw, ReadOnlySpan<float> row)
    {
        var sequence = draw.Sequence;
        if (sequence.Request.Constraint is not { } rule)
            return;
        try
        {
            draw.Constraint = rule(new GenerationProgress(sequence.Request.PromptTokens, sequence.Generated, row));
        }
#pragma warning disable CA1031 // Foreign code: whatever it throws ends its own sequence only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            draw.Failure = new SequenceFailedException($"The token constraint failed: {exception.Message}", exception);
        }
    }

    /// <summary>Appends the drawn token to its sequence.</summary>
    /// <exception cref="SequenceFailedException">The row, the constraint or the stop rule failed; the sequence must end.</exception>
    public static SequenceEvent Accept(RowDraw draw)
    {
        if (draw.Failure is { } failure)
            throw failure;
        var sequence = draw.Sequence;
        sequence.Append(draw.Token);
        sequence.Shadow?.Add(draw.RowHash, sequence.TokenCount);
        return new SequenceEvent(draw.Token, draw.Logprob, draw.Top, FinishAfter(sequence, draw.Token), null, sequence.CachedTokens);
    }

    /// <summary>Why a sequence has nothing left to generate when it is submitted: its replayed tokens finished it already.</summary>
    public static FinishReason? EndBeforeStart(Sequence sequence)
    {
        var replay = sequence.Request.ReplayTokens;
        if (replay.Length == 0)
            return null;
        return IsStopId(sequence.Request, replay[^1]) ? FinishReason.Stop : LimitReached(sequence) ? FinishReason.Length : null;
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
