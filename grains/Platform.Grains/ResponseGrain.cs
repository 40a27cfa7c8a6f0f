using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Platform.Grains;

/// <summary>
/// One response: finds a decoder for it, pumps the decoder's events into the log, shows the log to any number of readers. Reentrant:
/// reads and the cancel run between the pump's steps; all of it stays on the grain's scheduler, so nothing here locks.
/// </summary>
[Reentrant]
internal sealed class ResponseGrain(
    PromptEncoder encoder,
    DecoderPlacement decoders,
    KeptResponses kept,
    IOptions<ResponseOptions> options,
    TimeProvider time,
    ILogger<ResponseGrain> logger) : Grain, IResponseGrain, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private ResponseLog? _log;
    private Task _pumps = Task.CompletedTask;
    private int _running;
    private int _readers;
    private long _unreadSince;

    public async Task<ResponseStart> StartAsync(ResponseRequest request, CancellationToken cancellationToken = default)
    {
        if (_log is not null)
            throw new InvalidOperationException($"Response '{Id}' was started before; every response needs an id of its own.");
        _log = new ResponseLog(options.Value.MaxLogBytes);
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancellation.Token);
        try
        {
            return await AcceptAsync(request, starting.Token);
        }
        catch (RefusalException refused)
        {
            Drop();
            logger.ResponseRefused(Id, refused.Refusal.Status, refused.Refusal.Code);
            return refused.Refusal;
        }
        catch
        {
            Drop();
            starting.Token.ThrowIfCancellationRequested();
            throw;
        }
    }

    public async IAsyncEnumerable<ResponseEvent> ReadAsync(
        long startingAfter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var log = _log ?? throw Unknown();
        _readers++;
        try
        {
            await foreach (var next in log.ReadAsync(startingAfter, cancellationToken))
                yield return next;
        }
        finally
        {
            _readers--;
            _unreadSince = time.GetTimestamp();
        }
    }

    public Task CancelAsync()
    {
        if (_log is { Complete: false })
        {
            logger.ResponseCancelled(Id);
            _cancellation.Cancel();
        }
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        kept.Forget(GrainContext.GrainId);
        await _cancellation.CancelAsync();
        await _pumps.WaitAsync(cancellationToken);
    }

    public void Dispose() => _cancellation.Dispose();

    private async Task<ResponseStart> AcceptAsync(ResponseRequest request, CancellationToken cancellationToken)
    {
        var directory = GrainFactory.GetGrain<IDecoderDirectoryGrain>(request.Model);
        var model = await directory.DescribeAsync() ?? throw Refusals.UnknownModel(request.Model);
        CheckForm(request, model);
        var prompt = await encoder.EncodeAsync(request, model, cancellationToken);
        var maxTokens = Math.Min(request.MaxTokens ?? int.MaxValue, model.MaxContext - prompt.Ids.Length);
        var placement = new Placement(Id, Epoch, request, prompt, maxTokens);
        // The streams outlive the start, so its token must not end them.
        var choices = await decoders.PlaceAsync(placement, directory, _cancellation.Token, cancellationToken);
        Begin(choices);
        logger.ResponseStarted(Id, prompt.Ids.Length, choices.Count, maxTokens);
        return new ResponseAccepted(prompt.Ids.Length, choices[0].NumericsId, prompt.Mode, prompt.OpensReasoning, maxTokens);
    }

    private void CheckForm(ResponseRequest request, ServedModel model)
    {
        if (request.Choices < 1 || request.Choices > options.Value.MaxChoices)
            throw Refusals.TooManyChoices(request.Choices, options.Value.MaxChoices);
        if (request.Prompt is not ChatResponsePrompt chat)
            return;
        if (chat.Media.Count > 0 && !model.Vision)
            throw Refusals.NoVision(request.Model);
        if (chat.ToolsJson.Length > MaxToolsBytes)
            throw Refusals.ToolsTooLarge(chat.ToolsJson.Length, MaxToolsBytes);
    }

    private void Begin(IReadOnlyList<ChoiceStream> choices)
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _unreadSince = time.GetTimestamp();
        _running = choices.Count;
        var orphanAfter = TimeSpan.FromSeconds(options.Value.OrphanSeconds);
        this.RegisterGrainTimer(GiveUpIfOrphaned, new GrainTimerCreationOptions(orphanAfter, orphanAfter / 4) { Interleave = true });
        _pumps = Task.WhenAll(choices.Select(PumpAsync));
    }

    // Runs beside the grain's calls on the grain's scheduler: no Task.Run and no ConfigureAwait(false), which would leave it.
    private async Task PumpAsync(ChoiceStream choice)
    {
        using (choice)
        {
            var pump = new ChoicePump(Id, choice, _log!, logger);
            await pump.RunAsync(_cancellation.Token);
        }
        if (--_running == 0)
            End();
    }

    private void End()
    {
        var log = _log!;
        log.MarkComplete();
        _unreadSince = time.GetTimestamp();
        logger.ResponseEnded(Id, log.LastNumber, log.Bytes);
        kept.Keep(GrainContext, log.Bytes);
    }

    private Task GiveUpIfOrphaned()
    {
        if (_readers == 0 && time.GetElapsedTime(_unreadSince) >= TimeSpan.FromSeconds(options.Value.OrphanSeconds))
        {
            logger.ResponseOrphaned(Id, options.Value.OrphanSeconds);
            Drop();
        }
        return Task.CompletedTask;
    }

    // Ends what runs, then lets the activation and its log go.
    private void Drop()
    {
        _cancellation.Cancel();
        DeactivateOnIdle();
    }

    private ResponseUnknownException Unknown() => new(
        $"No response '{Id}' is running or kept here. It never started, or nobody read it for {options.Value.OrphanSeconds} s.");

    // A message to a decoder is at most 1 MiB, and the rest of the start needs room too.
    private const int MaxToolsBytes = 768 * 1024;

    private string Id => this.GetPrimaryKeyString();

    // Decoders refuse a lower epoch of the same response: a later activation has a higher one.
    private long Epoch { get; } = time.GetUtcNow().ToUnixTimeMilliseconds();
}
