using System.Diagnostics.CodeAnalysis;

namespace Platform.Engine;

/// <summary>How keys and values are cached; part of the numerics id.</summary>
public enum KvFormat
{
    /// <summary>As the compute format has it: float32 for <see cref="ComputeFormat.F32"/>, bfloat16 for <see cref="ComputeFormat.BF16"/>.</summary>
    Auto,

    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16: half the memory and reading of float32.</summary>
    BF16,

    /// <summary>
    /// 8-bit integers with one scale per position and head: half of bfloat16 again. Costs accuracy (about 0.4 % of a key's or value's largest
    /// element); attention computes in exact integers.
    /// </summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is the format's name.")]
    Int8,
}
