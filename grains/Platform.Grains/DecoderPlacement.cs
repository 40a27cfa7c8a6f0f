using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Contracts;

namespace Platform.Grains;

/// <summary>
/// Finds the decoder that takes a response. All choices go to one decoder, because they share their prompt; one that is full or away
/// sends the response on to the next.
/// </summary>
internal sealed class DecoderPlacement(Sidecar sidecar, IOptions<ResponseOptions> options, ILogger<DecoderPlacement> log)
{
    /// <summary>Opens a stream per choice. The caller owns them.</summary>
    /// <param name="placement">What is to be placed.</param>
    /// <param name="directory">The model's decoders.</param>
    /// <param name="streams">Ends the streams, also after they were opened.</param>
    /// <param name="cancellationToken">Ends the search only.</param>
    /// <exception cref="RefusalException">No decoder takes it, or it cannot be served as asked.</exception>
    public async Task<IReadOnlyList<ChoiceStream>> PlaceAsync(
        Placement placement, IDecoderDirectoryGrain directory, CancellationToken streams, CancellationToken cancellationToken)
    {
        List<string> refused = [];
        var full = false;
        while (refused.Count < options.Value.MaxDecodersAsked)
        {
            var decoder = await directory.ChooseAsync(refused);
            if (decoder is null)
                break;
            try
            {
                return await OpenAllAsync(decoder.AppId, placement, streams, cancellationToken);
            }
            catch (Exception error) when (IsTemporary(error, cancellationToken))
            {
                full |= error is RpcException { StatusCode: StatusCode.ResourceExhausted };
                log.DecoderRefused(decoder.AppId, Reason(error));
                refused.Add(decoder.AppId);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.InvalidArgument)
            {
                throw Refusals.Invalid(error.Status.Detail, parameter: null);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.FailedPrecondition)
            {
                throw Refusals.MediaGone(error.Status.Detail, RetryAfter);
            }
        }
        throw full ? Refusals.Full(placement.Request.Model, RetryAfter) : Refusals.NoDecoder(placement.Request.Model, RetryAfter);
    }

    private async Task<IReadOnlyList<ChoiceStream>> OpenAllAsync(
        string appId, Placement placement, CancellationToken streams, CancellationToken cancellationToken)
    {
        var decoder = sidecar.For(appId);
        var acceptWithin = TimeSpan.FromSeconds(options.Value.AcceptSeconds);
        var opening = Enumerable.Range(0, placement.Request.Choices)
            .Select(choice => ChoiceStream.OpenAsync(
                decoder, placement.StartOf(choice), placement.Prompt.Ids, acceptWithin, streams, cancellationToken))
            .ToList();
        try
        {
            return await Task.WhenAll(opening);
        }
        catch
        {
            foreach (var opened in opening.Where(stream => stream.IsCompletedSuccessfully))
                (await opened).Dispose();
            throw;
        }
    }

    private static bool IsTemporary(Exception error, CancellationToken cancellationToken) => error switch
    {
        _ when cancellationToken.IsCancellationRequested => false,
        TimeoutException => true,
        RpcException { StatusCode: var status } => status is not (StatusCode.InvalidArgument or StatusCode.FailedPrecondition),
        _ => false,
    };

    private static string Reason(Exception error) => error is RpcException rpc ? rpc.StatusCode.ToString() : "timeout";

    private TimeSpan RetryAfter => TimeSpan.FromSeconds(options.Value.RetryAfterSeconds);
}
