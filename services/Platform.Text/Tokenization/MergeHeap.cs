namespace Platform.Text;

/// <summary>
/// A binary heap of (rank, position): the lowest rank first, then the leftmost. Both are packed in one number, so that one comparison orders
/// them. Entries go stale when a neighbour merges; the reader skips those.
/// </summary>
internal sealed class MergeHeap
{
    private ulong[] _items = new ulong[256];
    private int _count;

    /// <summary>How many times an entry moved one level since <see cref="Clear"/>, plus one for each push and pop: the work done.</summary>
    public long Steps { get; private set; }

    public int Count => _count;

    public void Clear()
    {
        _count = 0;
        Steps = 0;
    }

    public void Push(int rank, int position)
    {
        if (_count == _items.Length)
            Array.Resize(ref _items, _items.Length * 2);
        var item = ((ulong)(uint)rank << 32) | (uint)position;
        var place = _count++;
        var steps = 1;
        while (place > 0 && _items[(place - 1) >> 1] > item)
        {
            _items[place] = _items[(place - 1) >> 1];
            place = (place - 1) >> 1;
            steps++;
        }
        _items[place] = item;
        Steps += steps;
    }

    public (int Rank, int Position) Pop()
    {
        var top = _items[0];
        var last = _items[--_count];
        var items = _items.AsSpan(0, _count);
        var place = 0;
        var steps = 1;
        for (var child = 1; child < items.Length; child = 2 * place + 1)
        {
            if (child + 1 < items.Length && items[child + 1] < items[child])
                child++;
            if (items[child] >= last)
                break;
            items[place] = items[child];
            place = child;
            steps++;
        }
        if (_count > 0)
            items[place] = last;
        Steps += steps;
        return ((int)(top >> 32), (int)(uint)top);
    }

    /// <summary>Gives memory back that one long piece needed.</summary>
    public void Trim(int capacity)
    {
        if (_items.Length > capacity)
            _items = new ulong[256];
    }
}
