namespace Platform.Grains;

/// <summary>
/// The decoders of one model and how long each is believed to live. Between two heartbeats of a decoder the sequences sent to it are
/// added to its load, so that a burst spreads.
/// </summary>
internal sealed class DecoderLeases(TimeProvider time, TimeSpan lease, TimeSpan rememberModel)
{
    private readonly Dictionary<string, Lease> _leases = [];
    private ServedModel? _lastServed;
    private DateTimeOffset _lastServedUntil;

    /// <summary>Registers a decoder or renews its lease.</summary>
    public void Renew(DecoderLoad decoder)
    {
        _leases[decoder.AppId] = new Lease(decoder, time.GetUtcNow() + lease);
        Remember(decoder.Model);
    }

    /// <summary>Takes a decoder out. Returns whether any is left.</summary>
    public bool Remove(string appId)
    {
        _leases.Remove(appId);
        return Living().Count > 0;
    }

    /// <summary>The least loaded living decoder that is not excluded, or null.</summary>
    public DecoderLoad? Choose(IReadOnlyList<string> excluded)
    {
        var chosen = Living()
            .Where(candidate => !excluded.Contains(candidate.Decoder.AppId))
            .OrderBy(candidate => candidate.Sequences)
            .ThenByDescending(candidate => candidate.Decoder.FreePages)
            .ThenBy(candidate => candidate.Decoder.AppId, StringComparer.Ordinal)
            .FirstOrDefault();
        if (chosen is null)
            return null;
        chosen.SentSinceHeartbeat++;
        return chosen.Decoder;
    }

    /// <summary>The model as a living decoder describes it, else as one did a short while ago, else null.</summary>
    public ServedModel? Describe()
    {
        var living = Living().FirstOrDefault();
        if (living is not null)
            return living.Decoder.Model;
        return time.GetUtcNow() < _lastServedUntil ? _lastServed : null;
    }

    private void Remember(ServedModel model)
    {
        _lastServed = model;
        _lastServedUntil = time.GetUtcNow() + lease + rememberModel;
    }

    private Dictionary<string, Lease>.ValueCollection Living()
    {
        var now = time.GetUtcNow();
        foreach (var lapsed in _leases.Values.Where(lease => lease.Until <= now).ToList())
            _leases.Remove(lapsed.Decoder.AppId);
        return _leases.Values;
    }

    private sealed class Lease(DecoderLoad decoder, DateTimeOffset until)
    {
        public DecoderLoad Decoder => decoder;

        public DateTimeOffset Until => until;

        public int SentSinceHeartbeat { get; set; }

        public int Sequences => decoder.RunningSequences + decoder.WaitingSequences + SentSinceHeartbeat;
    }
}
