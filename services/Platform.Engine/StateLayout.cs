namespace Platform.Engine;

/// <summary>How the linear-attention state of one sequence lies in a slot: layer by layer the recurrent state, then the conv columns.</summary>
/// <param name="Layers">Linear-attention layers.</param>
/// <param name="ValueHeads">Hv.</param>
/// <param name="KeyDim">Dk.</param>
/// <param name="ValueDim">Dv.</param>
/// <param name="ConvChannels">C = 2·Hk·Dk + Hv·Dv.</param>
/// <param name="ConvKernel">Taps of the causal convolution; one column fewer is kept.</param>
public sealed record StateLayout(int Layers, int ValueHeads, int KeyDim, int ValueDim, int ConvChannels, int ConvKernel)
{
    /// <summary>Dv padded to whole vectors, as rows of the recurrent state are stored; the padding stays zero.</summary>
    public int PaddedValueDim => (ValueDim + 15) / 16 * 16;

    /// <summary>Columns of pre-convolution inputs kept, oldest first.</summary>
    public int ConvColumns => ConvKernel - 1;

    /// <summary>Floats of one head's recurrent state [Dk, padded Dv].</summary>
    public int HeadFloats => KeyDim * PaddedValueDim;

    /// <summary>Floats of one layer's recurrent state [Hv, Dk, padded Dv].</summary>
    public int RecurrentFloats => ValueHeads * HeadFloats;

    /// <summary>Floats of one layer's conv columns [columns, C].</summary>
    public int ConvFloats => ConvColumns * ConvChannels;

    /// <summary>Floats of one layer, padded to a cache line.</summary>
    public int LayerFloats => (RecurrentFloats + ConvFloats + 15) / 16 * 16;

    /// <summary>Bytes of a slot.</summary>
    public long SlotBytes => (long)Layers * LayerFloats * sizeof(float);
}
