using Platform.Gateway.Errors;
using Platform.Grains;

namespace Platform.Gateway.Responses;

/// <summary>What the client is told when a choice did not come to its end.</summary>
internal static class FailedResponse
{
    /// <exception cref="ApiException">The choice failed or was cancelled.</exception>
    public static void ThrowIfFailed(FinishedEvent finished)
    {
        switch (finished.Reason)
        {
            case ResponseFinish.Failed:
                var message = string.IsNullOrEmpty(finished.Error) ? "The response failed while it was generated. Send the request again." : finished.Error;
                throw new ApiException(finished.Retryable
                    ? new ApiError(503, ApiError.Server, "response_failed", message, null, TimeSpan.FromSeconds(1))
                    : new ApiError(502, ApiError.Server, "response_failed", message));
            case ResponseFinish.Cancelled:
                throw new ApiException(new ApiError(
                    503, ApiError.Server, "response_cancelled", "The response was cancelled before its end. Retry.", null, TimeSpan.FromSeconds(1)));
        }
    }
}
