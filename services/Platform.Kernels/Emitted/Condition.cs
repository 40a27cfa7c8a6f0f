namespace Platform.Kernels.Emitted;

/// <summary>When a jump is taken; the encoding's numbers.</summary>
internal enum Condition
{
    /// <summary>The last result was zero, the last comparison equal.</summary>
    Zero = 0x4,

    /// <summary>It was not.</summary>
    NotZero = 0x5,

    /// <summary>The last comparison, signed, was less.</summary>
    Less = 0xC,

    /// <summary>The last comparison, signed, was greater or equal.</summary>
    GreaterOrEqual = 0xD,
}
