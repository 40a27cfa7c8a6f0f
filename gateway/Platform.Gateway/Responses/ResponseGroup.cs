using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Platform.Grains;

namespace Platform.Gateway.Responses;

/// <summary>The responses of one request, one per prompt, read as one stream. Owns them.</summary>
internal sealed class ResponseGroup(IReadOnlyList<RunningResponse> responses) : IAsyncDisposable
{
    // Events that wait for a slow client; the logs hold the rest.
    private const int Ahead = 64;

    public IReadOnlyList<RunningResponse> Responses => responses;

    /// <summary>The events of all responses as they come, each with its response's index; in order within a response.</summary>
    public async IAsyncEnumerable<(int Response, ResponseEvent Event)> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (responses.Count == 1)
        {
            await foreach (var only in responses[0].EventsAsync(cancellationToken))
                yield return (0, only);
            yield break;
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var merged = Channel.CreateBounded<(int, ResponseEvent)>(new BoundedChannelOptions(Ahead) { SingleReader = true });
        var readers = Task.WhenAll(responses.Select((response, index) => CopyAsync(response, index, merged.Writer, reading.Token)));
        var closing = CloseAsync(readers, merged.Writer);
        try
        {
            await foreach (var next in merged.Reader.ReadAllAsync(cancellationToken))
                yield return next;
        }
        finally
        {
            await reading.CancelAsync();
            await closing;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var response in responses)
            await response.DisposeAsync();
    }

    private static async Task CopyAsync(
        RunningResponse response, int index, ChannelWriter<(int, ResponseEvent)> merged, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var next in response.EventsAsync(cancellationToken))
                await merged.WriteAsync((index, next), cancellationToken);
        }
        catch (Exception failure)
        {
            merged.TryComplete(failure);
        }
    }

    private static async Task CloseAsync(Task readers, ChannelWriter<(int, ResponseEvent)> merged)
    {
        await readers;
        merged.TryComplete();
    }
}
