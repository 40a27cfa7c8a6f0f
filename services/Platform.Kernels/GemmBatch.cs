namespace Platform.Kernels;

/// <summary>
/// Independent products that run under one join. Reused from step to step: it allocates only while it still grows, the native memory for
/// quantised inputs included (<see cref="InputBytes"/>).
/// </summary>
public sealed class GemmBatch : IDisposable
{
    private GemmCall[] _calls = new GemmCall[4];

    /// <summary>Products in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>A product of the batch.</summary>
    public ref readonly GemmCall this[int index] => ref _calls.AsSpan(0, Count)[index];

    /// <summary>Bytes that a batch keeps for inputs of so many rows when its weights are quantised.</summary>
    public static long InputBytes(int rows, int inputs, PanelStorage weights) =>
        weights is PanelStorage.F32 or PanelStorage.BF16 ? 0 : GemmInputs.BytesFor(rows, inputs, weights);

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
            Array.Resize(ref _calls, Count * 2);

        _calls[Count++] = new GemmCall(weights, x, y, mode);
    }

    /// <summary>Gives the memory for inputs back.</summary>
    public void Dispose() => Inputs.Dispose();

    /// <summary>The inputs in the form the weights want.</summary>
    internal GemmInputs Inputs { get; } = new();

    /// <summary>How the products are cut into tasks.</summary>
    internal GemmPlan Plan { get; } = new();
}
