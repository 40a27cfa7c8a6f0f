using Platform.Gateway.Options;

namespace Platform.Gateway.Sse;

/// <summary>Turns a response's events into server-sent ones: sends what was written whenever nothing more is at hand, and pings in silence.</summary>
internal static class EventLoop
{
    private const int FlushBytes = 32 * 1024;

    public static async Task RunAsync<TEvent>(
        IAsyncEnumerable<TEvent> events,
        SseWriter output,
        Action<TEvent> handle,
        GatewayOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        await output.FlushAsync(cancellationToken);
        await using var reader = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = reader.MoveNextAsync();
            var more = next.IsCompleted ? await next : await WaitAsync(next.AsTask(), output, options.PingInterval, time, cancellationToken);
            if (!more)
                return;
            handle(reader.Current);
            if (output.UnflushedBytes > FlushBytes)
                await output.FlushAsync(cancellationToken);
        }
    }

    private static async Task<bool> WaitAsync(
        Task<bool> next, SseWriter output, TimeSpan pingInterval, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            if (output.UnflushedBytes > 0)
                await output.FlushAsync(cancellationToken);
            while (!await HappensWithinAsync(next, pingInterval, time, cancellationToken))
            {
                output.Ping();
                await output.FlushAsync(cancellationToken);
            }
        }
        catch
        {
            // The enumerator must not be disposed while it moves; its own token ends the move. Its failure is not the first one.
            await next.ContinueWith(
                static done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        return await next;
    }

    private static async ValueTask<bool> HappensWithinAsync(Task next, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(wait, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            // It may have completed since, with a timeout of its own even: its result is the caller's to await.
            return next.IsCompleted;
        }
    }
}
