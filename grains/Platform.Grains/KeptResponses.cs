using Microsoft.Extensions.Options;

namespace Platform.Grains;

/// <summary>
/// The ended responses whose logs this silo still keeps for readers. Over the bounds the oldest is dropped. Thread-safe: grains of many
/// responses report here.
/// </summary>
internal sealed class KeptResponses(IOptions<ResponseOptions> options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Kept> _byAge = new();
    private readonly Dictionary<GrainId, LinkedListNode<Kept>> _byId = [];
    private long _bytes;

    /// <summary>Logs kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byId.Count;
        }
    }

    /// <summary>Keeps an ended response, dropping the oldest ones if there are too many.</summary>
    public void Keep(IGrainContext response, long logBytes)
    {
        List<IGrainContext> dropped = [];
        lock (_lock)
        {
            if (_byId.ContainsKey(response.GrainId))
                return;
            _byId[response.GrainId] = _byAge.AddLast(new Kept(response, logBytes));
            _bytes += logBytes;
            while (_byId.Count > options.Value.KeptResponses || _bytes > options.Value.KeptBytes)
            {
                dropped.Add(_byAge.First!.Value.Response);
                Remove(_byAge.First);
            }
        }
        foreach (var oldest in dropped)
            oldest.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "More recent responses took its place."));
    }

    /// <summary>Forgets a response that is being dropped.</summary>
    public void Forget(GrainId response)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(response, out var node))
                Remove(node);
        }
    }

    private void Remove(LinkedListNode<Kept> node)
    {
        _byAge.Remove(node);
        _byId.Remove(node.Value.Response.GrainId);
        _bytes -= node.Value.LogBytes;
    }

    private readonly record struct Kept(IGrainContext Response, long LogBytes);
}
