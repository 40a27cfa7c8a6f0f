using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Keys;
using Platform.Gateway.Media;
using Platform.Gateway.Models;
using Platform.Gateway.Observability;
using Platform.Gateway.Options;
using Platform.Gateway.Responses;
using Platform.Gateway.Sse;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatCompletionsEndpoint(
    ModelCatalogue models,
    MediaUpload media,
    IGrainFactory grains,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<ChatCompletionsEndpoint> log)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/chat/completions", (HttpContext context, ChatCompletionsEndpoint endpoint) => endpoint.AnswerAsync(context));

    private async Task AnswerAsync(HttpContext context)
    {
        var arrived = time.GetTimestamp();
        var (request, running) = await StartAsync(context);
        await using var response = running;
        using var clock = new ResponseClock(request.Model.Name, arrived, time);
        var answer = new ChatAnswer(running.Id, time.GetUtcNow().ToUnixTimeSeconds(), request, running.Accepted, clock);
        if (!request.Generation.Stream)
            await WholeAsync(context, running, answer);
        else if (!await StreamAsync(context, running, answer))
            return;
        clock.Finished(answer.Usage);
    }

    // The request's body, pictures and all, is let go before the first token.
    private async Task<(ChatRequest, RunningResponse)> StartAsync(HttpContext context)
    {
        var warnings = new Warnings();
        var caller = KeyCheck.Of(context);
        using var body = await RequestBody.ReadAsync(context, options.Value);
        var fields = new FieldReader(body.Root, "", warnings);
        var model = await models.FindAsync(ModelName.Read(fields), caller, context.RequestAborted);
        var request = ChatRequestReader.Read(fields, model, options.Value, warnings, context.RequestAborted);
        warnings.WriteTo(context.Response);
        var handles = await media.UploadAsync(request.Conversation.Media, caller.CacheSalt, context.RequestAborted);
        var running = await RunningResponse.StartAsync(
            grains, ResponseIds.Chat(), GrainRequest(request, handles, caller), log, context.RequestAborted);
        return (request, running);
    }

    private async Task<bool> StreamAsync(HttpContext context, RunningResponse running, ChatAnswer answer)
    {
        using var output = SseWriter.Begin(context, options.Value);
        var stream = new ChatStream(output, answer);
        stream.Begin();
        return await StreamEnding.RunAsync(context, output, running.Id, log, () => answer.Usage.Completion, async () =>
        {
            await EventLoop.RunAsync(
                running.EventsAsync(context.RequestAborted), output, stream.Write, options.Value, time, context.RequestAborted);
            stream.End();
        });
    }

    private static async Task WholeAsync(HttpContext context, RunningResponse running, ChatAnswer answer)
    {
        await foreach (var next in running.EventsAsync(context.RequestAborted))
            answer.Take(next);
        await JsonAnswer.WriteAsync(context, writer => ChatResponseWriter.Write(writer, answer));
    }

    private static ResponseRequest GrainRequest(ChatRequest request, IReadOnlyList<MediaHandle> media, Caller caller) => new()
    {
        Model = request.Model.Name,
        Prompt = new ChatResponsePrompt
        {
            Json = request.Conversation.Json,
            ToolsJson = request.Conversation.ToolsJson,
            ToolCallsAllowed = request.ToolUse.Allowed,
            Media = media,
            AddVisionId = request.Reasoning.AddVisionId,
            PreserveThinking = request.Reasoning.PreserveThinking,
            ReasoningEffort = request.Reasoning.Effort,
            ContinueFinalMessage = request.Reasoning.ContinueFinalMessage,
        },
        Sampling = request.Generation.Sampling,
        MaxTokens = request.Generation.MaxTokens,
        Choices = request.Generation.Choices,
        Stop = request.Generation.Stop,
        StopTokenIds = request.Generation.StopTokenIds,
        IgnoreEos = request.Generation.IgnoreEos,
        Logprobs = request.Logprobs,
        TopLogprobs = request.TopLogprobs,
        Reasoning = new ReasoningSettings { Mode = request.Reasoning.Mode, Budget = request.Reasoning.Budget },
        CacheSalt = caller.CacheSalt,
        Form = request.Form,
    };
}
