using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Platform.Gateway.Errors;

/// <summary>Says what an exception means for the caller.</summary>
internal static class FailureTranslation
{
    /// <summary>The caller's view of <paramref name="failure"/>, or null when it is a mistake of ours that has to be logged.</summary>
    public static ApiError? Explain(Exception failure, string requestId) => failure switch
    {
        ApiException known => known.Error,
        BadHttpRequestException bad => Explain(bad),
        RpcException call => Explain(call, requestId),
        OrleansException or TimeoutException =>
            ApiError.Unavailable("The part of the platform that owns this response could not be reached. Retry."),
        _ => null,
    };

    private static ApiError Explain(BadHttpRequestException bad) => bad.StatusCode switch
    {
        408 => new(408, ApiError.InvalidRequest, "request_timeout", "The body arrived too slowly and was given up. Send it again, faster."),
        413 => ApiError.ForStatus(413, "", ""),
        var status => new(status, ApiError.InvalidRequest, "bad_http", $"This is no valid HTTP request: {bad.Message}"),
    };

    private static ApiError? Explain(RpcException call, string requestId) => call.StatusCode switch
    {
        StatusCode.InvalidArgument => ApiError.Invalid(call.Status.Detail),
        StatusCode.ResourceExhausted => new(429, "rate_limit_error", "overloaded", call.Status.Detail, null, TimeSpan.FromSeconds(1)),
        StatusCode.Unavailable or StatusCode.Aborted or StatusCode.Unimplemented or StatusCode.Cancelled =>
            ApiError.Unavailable("A service that this request needs cannot be reached just now. Retry."),
        StatusCode.DeadlineExceeded => ApiError.Unavailable("A service that this request needs took too long. Retry."),
        StatusCode.Internal or StatusCode.Unknown => ApiError.UpstreamFailed(
            $"A service that this request needs failed. Retry, and give the request id {requestId} if it fails again."),
        _ => null,
    };
}
