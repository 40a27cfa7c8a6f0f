using Grpc.Core;
using Microsoft.Extensions.Logging;
using Platform.Contracts.Decoding;

namespace Platform.Grains;

/// <summary>Moves one choice's events from its decoder into the log. Always ends with a <see cref="FinishedEvent"/>.</summary>
internal sealed class ChoicePump(string responseId, ChoiceStream choice, ResponseLog log, ILogger logger)
{
    /// <summary>Runs until the choice ended; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var next in choice.ReadAsync(cancellationToken))
            {
                if (Append(next))
                    return;
            }
            Fail("the decoder's stream ended without a last event");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            Finish(ResponseFinish.Cancelled);
        }
        catch (RpcException error)
        {
            Fail($"the decoder's stream broke: {error.StatusCode}");
        }
#pragma warning disable CA1031 // Whatever happened, readers must learn that the choice ended.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(error.GetType().Name);
        }
    }

    /// <returns>Whether this was the last event.</returns>
    private bool Append(GenerateEvent next)
    {
        switch (next.EventCase)
        {
            case GenerateEvent.EventOneofCase.Tokens:
                return AppendTokens(WireForms.Tokens(next.Tokens));
            case GenerateEvent.EventOneofCase.ReasoningMode:
                log.Append(number => new ReasoningModeEvent
                {
                    Number = number,
                    Choice = choice.Choice,
                    Mode = WireForms.Mode(next.ReasoningMode),
                });
                return false;
            case GenerateEvent.EventOneofCase.Finished when next.Finished.Reason == FinishReason.Failed:
                Fail(next.Finished.Error);
                return true;
            case GenerateEvent.EventOneofCase.Finished:
                Finish(WireForms.Finish(next.Finished.Reason), next.Finished.CachedTokens);
                return true;
            default:
                return false;
        }
    }

    private bool AppendTokens(ResponseToken[] tokens)
    {
        if (!log.HasRoomFor(tokens))
        {
            Fail(
                "the response's log is full",
                "The response grew past the size that one response may have. Ask for fewer tokens or logprobs.",
                retryable: false);
            return true;
        }
        log.Append(number => new TokensEvent { Number = number, Choice = choice.Choice, Tokens = tokens });
        return false;
    }

    private void Finish(ResponseFinish reason, int cachedTokens = 0) => log.Append(number => new FinishedEvent
    {
        Number = number,
        Choice = choice.Choice,
        Reason = reason,
        CachedTokens = cachedTokens,
    });

    private void Fail(string reason) => Fail(
        reason, "The decoder was lost before the answer was complete. Send the request again.", retryable: true);

    private void Fail(string reason, string message, bool retryable)
    {
        logger.ChoiceFailed(responseId, choice.Choice, reason);
        log.Append(number => new FinishedEvent
        {
            Number = number,
            Choice = choice.Choice,
            Reason = ResponseFinish.Failed,
            Error = message,
            Retryable = retryable,
        });
    }
}
