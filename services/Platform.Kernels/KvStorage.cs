using System.Diagnostics.CodeAnalysis;

namespace Platform.Kernels;

/// <summary>How cached keys and values are kept.</summary>
public enum KvStorage
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16, widened exactly in the registers.</summary>
    BF16,

    /// <summary>
    /// 8-bit integers, −127..127, under one float32 scale per (position, head) for the key and one for the value. Products are exact
    /// integer sums (<see cref="Int8Codes"/>).
    /// </summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is the format's name.")]
    Int8,
}
