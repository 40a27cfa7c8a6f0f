using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.Gateway.Errors;
using Platform.Gateway.Observability;

namespace Platform.Gateway.Sse;

/// <summary>How a stream ends: with its <c>[DONE]</c>, with an error event and no <c>[DONE]</c>, or silently when the client is gone.</summary>
internal static class StreamEnding
{
    /// <summary>Runs <paramref name="body"/>, which writes the stream.</summary>
    /// <returns>Whether the stream came to its end.</returns>
    public static async Task<bool> RunAsync(
        HttpContext context, SseWriter output, string responseId, ILogger log, Func<int> tokens, Func<Task> body)
    {
        try
        {
            await body();
            await output.FlushAsync(context.RequestAborted);
            return true;
        }
        catch (Exception failure) when (context.RequestAborted.IsCancellationRequested && failure is OperationCanceledException or IOException)
        {
            throw;
        }
        catch (Exception failure)
        {
            var requestId = RequestIdentity.Of(context);
            var error = FailureTranslation.Explain(failure, requestId) ?? ApiError.Internal(requestId);
            log.StreamFailed(failure is ApiException ? null : failure, responseId, tokens(), error.Message);
            GatewayMetrics.StreamFailures.Inc();
            output.Error(error);
            await output.FlushAsync(context.RequestAborted);
            return false;
        }
    }
}
