using System.Diagnostics.CodeAnalysis;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>Uploaded media by key, within a budget of bytes; the least recently used go first. Thread-safe.</summary>
/// <remarks>An evicted medium that a caller still streams lives until that caller is done, since it holds the array.</remarks>
internal sealed class MediaCache(long budgetBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<MediaEntry>> _entries = [];
    private readonly LinkedList<MediaEntry> _newestFirst = new();

    /// <summary>Bytes of all media held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Media held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Media dropped so far to make room.</summary>
    public long Evictions { get; private set; }

    /// <summary>The medium of this key, marked as used.</summary>
    public bool TryFind(string key, [NotNullWhen(true)] out MediaEntry? entry)
    {
        lock (_lock)
        {
            entry = null;
            if (!_entries.TryGetValue(key, out var node))
                return false;
            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
            entry = node.Value;
            return true;
        }
    }

    /// <summary>Adds a medium unless its key is already there, and evicts others until the budget holds.</summary>
    /// <exception cref="PictureException">It alone is larger than the budget.</exception>
    public void Add(MediaEntry entry)
    {
        if (entry.Bytes > budgetBytes)
        {
            throw new PictureException(
                $"The picture or video takes {entry.Bytes} bytes of embeddings.",
                $"This server keeps at most {budgetBytes} in all.",
                "Scale it down, or have the operator raise the vision cache.");
        }

        lock (_lock)
        {
            if (_entries.ContainsKey(entry.Key))
                return;
            while (Bytes + entry.Bytes > budgetBytes)
                EvictOldest();
            _entries.Add(entry.Key, _newestFirst.AddFirst(entry));
            Bytes += entry.Bytes;
        }
    }

    private void EvictOldest()
    {
        var oldest = _newestFirst.Last!.Value;
        _newestFirst.RemoveLast();
        _entries.Remove(oldest.Key);
        Bytes -= oldest.Bytes;
        Evictions++;
    }
}
