namespace Platform.Engine;

/// <summary>The names of the last evicted prefixes, so that a miss can say that it need not have been one.</summary>
internal sealed class EvictedPrefixes(int capacity)
{
    private readonly Queue<ulong> _order = new(capacity);
    private readonly Dictionary<ulong, int> _counts = [];

    public void Add(ulong name)
    {
        if (_order.Count == capacity)
            Forget(_order.Dequeue());
        _order.Enqueue(name);
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
    }

    public bool Contains(ulong name) => _counts.ContainsKey(name);

    private void Forget(ulong name)
    {
        if (_counts[name] == 1)
            _counts.Remove(name);
        else
            _counts[name]--;
    }
}
