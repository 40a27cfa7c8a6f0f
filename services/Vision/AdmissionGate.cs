namespace Platform.Vision;

/// <summary>Lets a bounded number of callers work, a bounded number wait, and turns the rest away.</summary>
/// <param name="working">Callers that may be inside at once.</param>
/// <param name="waiting">Callers that may wait.</param>
/// <param name="what">What waits, for the refusal: "uploads".</param>
internal sealed class AdmissionGate(int working, int waiting, string what) : IDisposable
{
    private readonly SemaphoreSlim _places = new(working);
    private int _present;

    /// <summary>Waits for a place; disposing the result gives it back.</summary>
    /// <exception cref="VisionBusyException">Too many wait already.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _present) > (long)working + waiting)
        {
            Interlocked.Decrement(ref _present);
            throw new VisionBusyException(what, waiting);
        }

        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Place(this);
        }
        catch
        {
            Interlocked.Decrement(ref _present);
            throw;
        }
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(AdmissionGate gate) : IDisposable
    {
        private AdmissionGate? _gate = gate;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gate, null) is not { } gate)
                return;
            Interlocked.Decrement(ref gate._present);
            gate._places.Release();
        }
    }
}
