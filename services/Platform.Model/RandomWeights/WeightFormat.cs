namespace Platform.Model;

/// <summary>How a written checkpoint stores its weights.</summary>
public enum WeightFormat
{
    /// <summary>BF16, except the decay logarithm and the gated norm, which are F32 as in several releases.</summary>
    BF16,

    /// <summary>F32 throughout.</summary>
    F32,

    /// <summary>The released FP8 layout: e4m3 Linears with BF16 scales per 128 x 128 block, experts one by one, the rest as in BF16.</summary>
    Fp8,
}
