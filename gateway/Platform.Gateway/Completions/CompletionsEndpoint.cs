using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Keys;
using Platform.Gateway.Models;
using Platform.Gateway.Observability;
using Platform.Gateway.Options;
using Platform.Gateway.Responses;
using Platform.Gateway.Sse;
using Platform.Grains;

namespace Platform.Gateway.Completions;

/// <summary><c>POST /v1/completions</c>: text without a chat template. Each prompt is a response of its own.</summary>
internal sealed class CompletionsEndpoint(
    ModelCatalogue models, IGrainFactory grains, IOptions<GatewayOptions> options, TimeProvider time, ILogger<CompletionsEndpoint> log)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/completions", (HttpContext context, CompletionsEndpoint endpoint) => endpoint.AnswerAsync(context));

    private async Task AnswerAsync(HttpContext context)
    {
        var arrived = time.GetTimestamp();
        var caller = KeyCheck.Of(context);
        var request = await ReadAsync(context, caller);
        await using var group = new ResponseGroup(await StartAllAsync(request, caller, context.RequestAborted));
        using var clock = new ResponseClock(request.Model.Name, arrived, time);
        var answer = new CompletionAnswer(time.GetUtcNow().ToUnixTimeSeconds(), request, group.Responses, clock);
        if (!request.Generation.Stream)
            await WholeAsync(context, group, answer);
        else if (!await StreamAsync(context, group, answer))
            return;
        clock.Finished(answer.Usage);
    }

    private async Task<CompletionRequest> ReadAsync(HttpContext context, Caller caller)
    {
        var warnings = new Warnings();
        using var body = await RequestBody.ReadAsync(context, options.Value);
        var fields = new FieldReader(body.Root, "", warnings);
        var model = await models.FindAsync(ModelName.Read(fields), caller, context.RequestAborted);
        var request = CompletionRequestReader.Read(fields, model, options.Value, warnings, context.RequestAborted);
        warnings.WriteTo(context.Response);
        return request;
    }

    private async Task<IReadOnlyList<RunningResponse>> StartAllAsync(CompletionRequest request, Caller caller, CancellationToken clientLeft)
    {
        var id = ResponseIds.Completion();
        var started = new List<RunningResponse>(request.Prompts.Count);
        try
        {
            foreach (var prompt in request.Prompts)
            {
                var name = started.Count == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}-{started.Count}");
                started.Add(await RunningResponse.StartAsync(grains, name, GrainRequest(request, prompt, caller), log, clientLeft));
            }

            return started;
        }
        catch
        {
            await new ResponseGroup(started).DisposeAsync();
            throw;
        }
    }

    private async Task<bool> StreamAsync(HttpContext context, ResponseGroup group, CompletionAnswer answer)
    {
        using var output = SseWriter.Begin(context, options.Value);
        var stream = new CompletionStream(output, answer);
        return await StreamEnding.RunAsync(context, output, answer.Id, log, () => answer.Usage.Completion, async () =>
        {
            await EventLoop.RunAsync(
                group.EventsAsync(context.RequestAborted), output, stream.Write, options.Value, time, context.RequestAborted);
            stream.End();
        });
    }

    private static async Task WholeAsync(HttpContext context, ResponseGroup group, CompletionAnswer answer)
    {
        await foreach (var (response, next) in group.EventsAsync(context.RequestAborted))
            answer.Take(response, next);
        await JsonAnswer.WriteAsync(context, writer => CompletionWriter.WriteWhole(writer, answer));
    }

    private static ResponseRequest GrainRequest(CompletionRequest request, ResponsePrompt prompt, Caller caller) => new()
    {
        Model = request.Model.Name,
        Prompt = prompt,
        Sampling = request.Generation.Sampling,
        MaxTokens = request.Generation.MaxTokens,
        Choices = request.Generation.Choices,
        Stop = request.Generation.Stop,
        StopTokenIds = request.Generation.StopTokenIds,
        IgnoreEos = request.Generation.IgnoreEos,
        Logprobs = request.Logprobs is not null,
        TopLogprobs = request.Logprobs ?? 0,
        CacheSalt = caller.CacheSalt,
        Form = request.Form,
    };
}
