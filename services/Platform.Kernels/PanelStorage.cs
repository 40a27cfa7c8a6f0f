namespace Platform.Kernels;

/// <summary>The element type of packed weights and of cached keys and values. Sums are float32 either way.</summary>
public enum PanelStorage
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16, widened exactly in the registers.</summary>
    BF16,

    /// <summary>
    /// bfloat16 weights for inputs that are bfloat16 as well (<see cref="Bf16.RoundForDots(Span{float})"/>): the same chain of fused
    /// multiply-adds, which the processor's dot product of bfloat16 pairs walks at twice the speed.
    /// </summary>
    BF16Dot,

    /// <summary>8-bit integers, one bfloat16 scale per 32 inputs of an output: 8.5 bits a weight. Inputs are quantised per row and 32 values.</summary>
#pragma warning disable CA1720 // The format's name, not a language's type.
    INT8,
#pragma warning restore CA1720

    /// <summary>4-bit integers, one bfloat16 scale per 32 inputs of an output: 4.5 bits a weight. Inputs as for <see cref="INT8"/>.</summary>
    INT4,
}
