using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.Gateway.Json;
using Platform.Gateway.Observability;

namespace Platform.Gateway.Errors;

/// <summary>The outermost layer of a request: every failure leaves in OpenAI's error shape, and our own are logged once.</summary>
internal sealed class ErrorShape(RequestDelegate next, ILogger<ErrorShape> log)
{
    // What proxies write when the client went away before the answer.
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsGrpc(context.Request))
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception failure) when (context.RequestAborted.IsCancellationRequested && failure is OperationCanceledException or IOException)
        {
            if (!context.Response.HasStarted)
                context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception failure)
        {
            await AnswerAsync(context, failure);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            await ApiErrorWriter.WriteAsync(
                context, ApiError.ForStatus(context.Response.StatusCode, context.Request.Method, JsonWords.Shorten(context.Request.Path)));
    }

    private async Task AnswerAsync(HttpContext context, Exception failure)
    {
        var requestId = RequestIdentity.Of(context);
        var error = FailureTranslation.Explain(failure, requestId);
        if (error is null || error.Status >= 502)
            log.RequestFailed(failure, requestId, context.Request.Method, context.Request.Path);
        error ??= ApiError.Internal(requestId);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var warnings = context.Response.Headers[Warnings.Header];
        context.Response.Clear();
        RequestIdentity.Echo(context);
        if (warnings.Count > 0)
            context.Response.Headers[Warnings.Header] = warnings;
        await ApiErrorWriter.WriteAsync(context, error);
    }

    private static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
