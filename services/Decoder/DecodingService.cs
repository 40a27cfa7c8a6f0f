using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;
using Platform.Engine;

namespace Platform.Decoder;

/// <summary>The engine's door: one call is one sequence, and ends with it.</summary>
internal sealed class DecodingService(
    ServedDecoder decoder,
    SequenceRequests requests,
    EpochBook epochs,
    DecoderOptions options,
    DecoderMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<DecodingService> logger) : Decoding.DecodingBase
{
    public override async Task Generate(
        IAsyncStreamReader<GeneratePart> requestStream, IServerStreamWriter<GenerateEvent> responseStream, ServerCallContext context)
    {
        var request = await GenerateRequest.ReadAsync(requestStream, options.MaxPromptTokens, context.CancellationToken);
        CheckOwner(request.Start);
        var measured = metrics.Begin(request.PromptIds.Length);
        // A long answer must not hold up the process's end.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var sequence = Submit(await requests.CreateAsync(request, ending.Token));
        try
        {
            await responseStream.WriteAsync(Accepted(request.PromptIds.Length), ending.Token);
            var last = await WriterFor(request.Start, responseStream, measured).WriteAllAsync(sequence, ending.Token);
            measured.End(last.Finish!.Value);
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            measured.End(Engine.FinishReason.Cancelled);
            logger.CallerLeft(request.Start.ResponseId, request.Start.Choice);
            throw Refused(StatusCode.Cancelled, "The caller left.");
        }
        catch (Exception) when (ending.IsCancellationRequested)
        {
            measured.End(Engine.FinishReason.Cancelled);
            throw Refused(StatusCode.Unavailable, "The decoder is stopping.");
        }
        finally
        {
            // Without effect on a sequence that has ended; the one whose reader is gone must give its pages back.
            sequence.Cancel();
        }
    }

    public override Task<DecoderDescription> Describe(DescribeDecoderRequest request, ServerCallContext context) =>
        Task.FromResult(decoder.Description);

    private void CheckOwner(GenerateStart start)
    {
        if (start.Model != options.ModelName)
            throw Refused(StatusCode.InvalidArgument, $"This decoder serves the model '{options.ModelName}', not '{start.Model}'.");
        if (epochs.Note(start.ResponseId, start.Epoch) is { } higher)
            throw Refused(StatusCode.FailedPrecondition, $"The response has a later owner: epoch {higher} was seen, this one is {start.Epoch}.");
    }

    private SequenceHandle Submit(SequenceRequest request)
    {
        try
        {
            return decoder.Engine.Submit(request);
        }
        catch (EngineFullException error)
        {
            throw Refused(StatusCode.ResourceExhausted, error.Message);
        }
        catch (SequenceRejectedException error)
        {
            throw Refused(StatusCode.InvalidArgument, error.Message);
        }
        catch (EngineStoppedException error)
        {
            throw Refused(StatusCode.Unavailable, error.Message);
        }
    }

    private TokenWriter WriterFor(GenerateStart start, IServerStreamWriter<GenerateEvent> stream, MeasuredSequence measured)
    {
        var hidden = start.IgnoreEos ? new HashSet<int>() : [.. requests.StopIds(start)];
        return new TokenWriter(stream, decoder.Tokenizer, hidden, TimeSpan.FromMilliseconds(options.CoalesceMilliseconds), time)
        {
            Held = Decides(start) ? decoder.Reasoning!.DecisionIndex + 1 : 1,
            BeforeHeld = held => Decides(start) ? Decided(held) : null,
            Delivering = measured.Token,
        };
    }

    private static bool Decides(GenerateStart start) => start is { Reasoning.Decide: true, ReplayIds.Count: 0 };

    // A choice that ended before the deciding token left its block open.
    private GenerateEvent Decided(IReadOnlyList<GeneratedToken> held) => new()
    {
        ReasoningMode = held.Count > decoder.Reasoning!.DecisionIndex && held[decoder.Reasoning.DecisionIndex].Id == decoder.Reasoning.CloseId
            ? ReasoningMode.Fast
            : ReasoningMode.Thinking,
    };

    private GenerateEvent Accepted(int promptTokens) => new()
    {
        Accepted = new Accepted { NumericsId = decoder.Engine.NumericsId, PromptTokens = promptTokens },
    };

    private static RpcException Refused(StatusCode status, string message) => new(new Status(status, message));
}
