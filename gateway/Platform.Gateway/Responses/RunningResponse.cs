using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Platform.Gateway.Errors;
using Platform.Gateway.Observability;
using Platform.Grains;

namespace Platform.Gateway.Responses;

/// <summary>
/// A response that was accepted and is being generated. It is cancelled at once when the client leaves, and when this is disposed before
/// its log has ended.
/// </summary>
internal sealed class RunningResponse : IAsyncDisposable
{
    private readonly IResponseGrain _grain;
    private readonly ILogger _log;
    private readonly int _choices;
    private readonly CancellationTokenRegistration _whenClientLeaves;
    private readonly CancellationToken _clientLeft;
    private int _finished;
    private int _cancelled;

    private RunningResponse(
        string id, IResponseGrain grain, ResponseAccepted accepted, int choices, ILogger log, CancellationToken clientLeft)
    {
        Id = id;
        Accepted = accepted;
        _grain = grain;
        _choices = choices;
        _log = log;
        _clientLeft = clientLeft;
        _whenClientLeaves = clientLeft.Register(static self => _ = ((RunningResponse)self!).CancelAsync(), this);
    }

    public string Id { get; }

    public ResponseAccepted Accepted { get; }

    /// <summary>Tokens seen so far, over all choices.</summary>
    public int Tokens { get; private set; }

    /// <exception cref="ApiException">The response was refused.</exception>
    public static async Task<RunningResponse> StartAsync(
        IGrainFactory grains, string id, ResponseRequest request, ILogger log, CancellationToken clientLeft)
    {
        var grain = grains.GetGrain<IResponseGrain>(id);
        ResponseStart start;
        try
        {
            start = await grain.StartAsync(request, clientLeft);
        }
        catch
        {
            // Whether it began is unknown: a call that timed out or was given up may still have been heard.
            await CancelAsync(grain, id, log);
            clientLeft.ThrowIfCancellationRequested();
            throw;
        }

        return start switch
        {
            ResponseAccepted accepted => new RunningResponse(id, grain, accepted, request.Choices, log, clientLeft),
            ResponseRefused refused => throw new ApiException(Explain(refused)),
            _ => throw new InvalidOperationException($"A response answered its start with {start.GetType().Name}, which this gateway does not know."),
        };
    }

    /// <summary>The response's log from its beginning to its end.</summary>
    public async IAsyncEnumerable<ResponseEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var next in _grain.ReadAsync(0, cancellationToken))
        {
            if (next is FinishedEvent)
                _finished++;
            else if (next is TokensEvent tokens)
                Tokens += tokens.Tokens.Count;
            yield return next;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _whenClientLeaves.DisposeAsync();
        if (_finished < _choices)
            await CancelAsync();
    }

    private async Task CancelAsync()
    {
        if (Interlocked.Exchange(ref _cancelled, 1) != 0)
            return;
        if (_clientLeft.IsCancellationRequested)
        {
            _log.ClientLeft(Id, Tokens);
            GatewayMetrics.ClientsLeft.Inc();
        }

        await CancelAsync(_grain, Id, _log);
    }

    private static async Task CancelAsync(IResponseGrain grain, string id, ILogger log)
    {
        try
        {
            await grain.CancelAsync();
        }
        catch (Exception failure)
        {
            log.CancelFailed(failure, id);
        }
    }

    private static ApiError Explain(ResponseRefused refused) => new(
        refused.Status,
        refused.Status switch
        {
            429 => "rate_limit_error",
            >= 500 => ApiError.Server,
            _ => ApiError.InvalidRequest,
        },
        refused.Code,
        refused.Message,
        refused.Parameter,
        refused.RetryAfter);
}
