namespace Platform.Kernels;

/// <summary>
/// The inputs of a batch's products in the form their weights want: integer codes or bfloat16 pairs, written once for the products beside each
/// other that read the same input. Grows to the largest batch and stays.
/// </summary>
internal sealed unsafe class GemmInputs : IDisposable
{
    private const int NotWanted = -1;

    // Products that share an input stand beside each other; looking further back would cost a batch of many small ones more than it saves.
    private const int RecentSources = 4;

    // A row a cache line longer than its codes: rows a power of two apart would share a few sets of the first cache.
    private const int Alignment = 64;

    private readonly List<Source> _sources = [];
    private int[] _sourceOfCall = new int[4];
    private long[] _firstByteOfCall = new long[4];
    private NativeBuffer? _memory;
    private int _rows;

    /// <summary>Bytes that the codes of some rows take.</summary>
    public static long BytesFor(int rows, int inputs, PanelStorage storage) => rows * StrideOf(inputs, storage);

    /// <summary>Finds the distinct inputs of the batch.</summary>
    /// <param name="batch">The products.</param>
    /// <param name="pairs">Whether bfloat16 products want pairs: the emitted tier does.</param>
    public void Plan(GemmBatch batch, bool pairs)
    {
        _sources.Clear();
        _rows = 0;
        if (_sourceOfCall.Length < batch.Count)
        {
            Array.Resize(ref _sourceOfCall, 2 * batch.Count);
            Array.Resize(ref _firstByteOfCall, 2 * batch.Count);
        }

        long bytes = 0;
        for (var i = 0; i < batch.Count; i++)
            Plan(batch[i], i, pairs, ref bytes);
        if (bytes > (_memory?.Bytes ?? 0))
        {
            Dispose();
            _memory = new NativeBuffer(bytes);
        }
    }

    /// <summary>Writes what was planned, all threads helping.</summary>
    public void Write(WorkerTeam team)
    {
        if (_rows > 0)
            team.Run(_rows, new Job { Inputs = this });
    }

    /// <summary>Where a product's first row of codes lies.</summary>
    public byte* CodesOf(int call) => _memory!.Pointer + _firstByteOfCall[call];

    /// <summary>Bytes from row to row of a product's codes; 0 where it reads the floats themselves.</summary>
    public long StrideOf(int call) => _sourceOfCall[call] == NotWanted ? 0 : _sources[_sourceOfCall[call]].Stride;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
    }

    private static long StrideOf(int inputs, PanelStorage storage)
    {
        var bytes = storage == PanelStorage.BF16Dot ? (inputs + 1) / 2 * sizeof(uint) : InputCodes.RowBytes(inputs);
        return (bytes + Alignment - 1) / Alignment * Alignment + Alignment;
    }

    private void Plan(in GemmCall call, int index, bool pairs, ref long bytes)
    {
        var storage = call.Weights.Storage;
        _sourceOfCall[index] = NotWanted;
        if (storage is PanelStorage.F32 or PanelStorage.BF16 || (storage == PanelStorage.BF16Dot && !pairs))
            return;
        var asPairs = storage == PanelStorage.BF16Dot;
        for (var s = Math.Max(0, _sources.Count - RecentSources); s < _sources.Count; s++)
        {
            if (_sources[s].IsOf(call.X, asPairs))
            {
                _sourceOfCall[index] = s;
                _firstByteOfCall[index] = _sources[s].FirstByte;
                return;
            }
        }

        var stride = StrideOf(call.X.Width, storage);
        _firstByteOfCall[index] = bytes;
        if (_sources.Count > 0 && _sources[^1].GoesOnWith(call.X, asPairs))
            _sources[^1] = _sources[^1].With(call.X);
        else
            _sources.Add(new Source(call.X, asPairs, stride, bytes, _rows));
        _sourceOfCall[index] = _sources.Count - 1;
        _rows += call.X.Count;
        bytes += call.X.Count * stride;
    }

    private void WriteRow(int task)
    {
        var index = 0;
        while (index + 1 < _sources.Count && _sources[index + 1].FirstRow <= task)
            index++;
        var source = _sources[index];
        var row = task - source.FirstRow;
        var target = _memory!.Pointer + source.FirstByte + row * source.Stride;
        if (source.Pairs)
            Bf16.ToPairs(source.X[row], (uint*)target);
        else
            InputCodes.Write(source.X[row], target);
    }

    private readonly record struct Source(FloatRows X, bool Pairs, long Stride, long FirstByte, int FirstRow)
    {
        public bool IsOf(in FloatRows x, bool pairs) =>
            pairs == Pairs && x.Pointer == X.Pointer && x.Count == X.Count && x.Width == X.Width && x.Stride == X.Stride;

        // Rows that go on where the last input ended, as the experts' do.
        public bool GoesOnWith(in FloatRows x, bool pairs) =>
            pairs == Pairs && x.Width == X.Width && x.Stride == X.Stride && x.Pointer == X.Pointer + (long)X.Count * X.Stride;

        public Source With(in FloatRows x) => this with { X = new FloatRows(X.Pointer, X.Count + x.Count, X.Width, X.Stride) };
    }

    private struct Job : ITeamJob
    {
        public GemmInputs Inputs;

        public readonly void Run(int task, int worker) => Inputs.WriteRow(task);
    }
}
