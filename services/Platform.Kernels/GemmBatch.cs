namespace Platform.Kernels;

/// <summary>Independent products that run under one join. Reused from step to step: adding allocates only while it still grows.</summary>
public sealed class GemmBatch
{
    private GemmCall[] _calls = new GemmCall[4];
    private int[] _firstTask = new int[5];

    /// <summary>Products in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>A product of the batch.</summary>
    public ref readonly GemmCall this[int index] => ref _calls.AsSpan(0, Count)[index];

    /// <summary>Empties the batch.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds y = x·Wᵀ. No product of the batch may read what another writes.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Add(PackedMatrix weights, FloatRows x, FloatRows y, GemmMode mode = GemmMode.Store)
    {
        if (x.Width != weights.Inputs || y.Width != weights.Outputs || x.Count != y.Count)
        {
            throw new ArgumentException(
                $"x [{x.Count}, {x.Width}] times a matrix [{weights.Outputs}, {weights.Inputs}] does not give y [{y.Count}, {y.Width}].");
        }

        if (x.Count == 0)
            return;
        if (Count == _calls.Length)
        {
            Array.Resize(ref _calls, Count * 2);
            Array.Resize(ref _firstTask, Count * 2 + 1);
        }

        _calls[Count++] = new GemmCall(weights, x, y, mode);
    }

    /// <summary>First task of each product and, after the last, their number; filled by the kernel that cuts them.</summary>
    internal int[] FirstTask => _firstTask;
}
