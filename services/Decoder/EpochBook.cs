namespace Platform.Decoder;

/// <summary>
/// The highest epoch seen of each recent response: a response may for a moment have two owners, and only the later one may generate.
/// Thread-safe; remembers a bounded number of responses.
/// </summary>
internal sealed class EpochBook(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _epochs = [];
    private readonly Queue<string> _byAge = new();

    /// <summary>Notes the epoch. Returns null, or the higher epoch that was seen before.</summary>
    public long? Note(string responseId, long epoch)
    {
        lock (_lock)
        {
            if (_epochs.TryGetValue(responseId, out var seen))
            {
                if (seen > epoch)
                    return seen;
            }
            else
            {
                if (_byAge.Count == capacity)
                    _epochs.Remove(_byAge.Dequeue());
                _byAge.Enqueue(responseId);
            }
            _epochs[responseId] = epoch;
            return null;
        }
    }
}
