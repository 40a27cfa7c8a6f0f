namespace Platform.Kernels.Emitted;

/// <summary>The emitted tiles of matrix products, each made when it is first wanted and kept for the life of the process.</summary>
internal sealed class EmittedTiles
{
    private const int Variants = 4;

    private static readonly Lazy<EmittedTiles?> Made = new(() => EmittedSupport.Here.Reason is null ? new EmittedTiles(EmittedSupport.Here) : null);

    private readonly EmittedSupport _support;
    private readonly ExecutableMemory.Protection? _protection;
    private readonly Lock _making = new();
    private readonly EmittedFunction?[] _int8 = new EmittedFunction?[(BlockTileCode.MaxRows + 1) * Variants];
    private readonly EmittedFunction?[] _int4 = new EmittedFunction?[(BlockTileCode.MaxRows + 1) * Variants];
    private readonly EmittedFunction?[] _bf16 = new EmittedFunction?[(Bf16DotCode.MaxRows + 1) * Variants * 3];

    // Once refused, always: asking anew would make the code at every call.
    private volatile bool _refused;

    /// <summary>Tiles for a machine; a test may refuse their pages.</summary>
    public EmittedTiles(EmittedSupport support, ExecutableMemory.Protection? protection = null)
    {
        _support = support;
        _protection = protection;
    }

    /// <summary>This process's, or null where nothing may be emitted.</summary>
    public static EmittedTiles? Here => Made.Value;

    /// <summary>Whether products with such weights have emitted tiles.</summary>
    public bool Has(PanelStorage storage) => storage switch
    {
        PanelStorage.INT8 or PanelStorage.INT4 => _support.DotsOfBytes,
        PanelStorage.BF16Dot => _support.DotsOfBf16,
        _ => false,
    };

    /// <summary>The tile of quantised weights, or null where the host has no more pages for code: the caller's plain tile then serves.</summary>
    public EmittedFunction? Block(int rows, PanelStorage storage, GemmMode mode, bool prefetch)
    {
        ref var place = ref (storage == PanelStorage.INT8 ? _int8 : _int4)[(rows * 2 + (int)mode) * 2 + (prefetch ? 1 : 0)];
        return Volatile.Read(ref place) ?? (_refused ? null : Make(ref place, BlockTileCode.Of(rows, storage, mode, prefetch)));
    }

    /// <summary>The tile of bfloat16 pairs, or null.</summary>
    public EmittedFunction? Bf16(int rows, int panels, GemmMode mode, bool prefetch)
    {
        ref var place = ref _bf16[((rows * 2 + (int)mode) * 2 + (prefetch ? 1 : 0)) * 3 + panels / 2];
        return Volatile.Read(ref place) ?? (_refused ? null : Make(ref place, Bf16DotCode.Of(rows, panels, mode, prefetch)));
    }

    private EmittedFunction? Make(ref EmittedFunction? place, Assembler code)
    {
        lock (_making)
        {
            if (place is null && !_refused)
            {
                Volatile.Write(ref place, EmittedFunction.TryCreate(code, _protection));
                _refused = place is null;
            }

            return place;
        }
    }
}
