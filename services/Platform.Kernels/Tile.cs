namespace Platform.Kernels;

/// <summary>What a tile starts its chains from and does with their ends.</summary>
internal enum TileMode
{
    /// <summary>Start from zero, store.</summary>
    Store,

    /// <summary>Start from zero, add to what is there.</summary>
    AddTo,

    /// <summary>Start from what is there, store: the chain goes on.</summary>
    Continue,
}

/// <summary>The operands of a tile that its rows share.</summary>
internal unsafe struct Tile
{
    /// <summary>Where each panel's first pair lies.</summary>
    public byte* Panel0, Panel1, Panel2, Panel3;

    /// <summary>Bytes from one pair of inputs to the next in a panel.</summary>
    public long PairStep;

    /// <summary>Inputs to walk.</summary>
    public int Depth;

    /// <summary>Floats from row to row of x.</summary>
    public long XStride;

    /// <summary>Floats from row to row of y.</summary>
    public long YStride;

    /// <summary>Start and end of the chains.</summary>
    public TileMode Mode;
}
