namespace Platform.Vision;

/// <summary>A result that is computed once however many callers want it. The work is cancelled when the last of them has gone; a failed or
/// cancelled attempt is forgotten, so that the next caller starts a new one.</summary>
internal sealed class SharedComputation<T>(Func<CancellationToken, Task<T>> compute)
{
    private readonly Lock _lock = new();
    private Attempt? _attempt;

    /// <summary>The result, computed now, by an attempt under way, or earlier.</summary>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        var attempt = Join();
        try
        {
            return await attempt.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(attempt);
        }
    }

    private Attempt Join()
    {
        lock (_lock)
        {
            if (_attempt is null || _attempt.Task is { IsCompleted: true, IsCompletedSuccessfully: false })
                _attempt = new Attempt(compute);
            _attempt.Waiting++;
            return _attempt;
        }
    }

    private void Leave(Attempt attempt)
    {
        lock (_lock)
        {
            if (--attempt.Waiting > 0 || attempt.Task.IsCompleted)
                return;
            if (_attempt == attempt)
                _attempt = null;
        }

        attempt.Cancel();
    }

    private sealed class Attempt
    {
        private readonly Action _cancel;

        public Attempt(Func<CancellationToken, Task<T>> compute)
        {
            // Without a timer it holds nothing that would need disposing.
            var cancellation = new CancellationTokenSource();
            _cancel = cancellation.Cancel;
            Task = System.Threading.Tasks.Task.Run(() => compute(cancellation.Token));
        }

        public Task<T> Task { get; }

        public int Waiting { get; set; }

        public void Cancel() => _cancel();
    }
}
