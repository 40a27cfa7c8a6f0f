namespace Platform.Kernels;

/// <summary>The element type of packed weights and of cached keys and values. Sums are float32 either way.</summary>
public enum PanelStorage
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16, widened exactly in the registers.</summary>
    BF16,
}
