namespace Platform.Engine;

/// <summary>The form that a model's large matrices take in memory; part of the numerics id. Made at load from any checkpoint.</summary>
public enum WeightPacking
{
    /// <summary>As the checkpoint stores them and the compute format wants them: BF16, or float32 where they are stored in another form.</summary>
    AsStored,

    /// <summary>8-bit integers with a scale per 32 inputs (8.5 bits a weight), inputs quantised alike. Half the bytes of BF16.</summary>
#pragma warning disable CA1720 // The format's name, not a language's type.
    Int8,
#pragma warning restore CA1720

    /// <summary>4-bit integers with a scale per 32 inputs (4.5 bits a weight), inputs in 8 bits. A quarter of the bytes, and a visible loss.</summary>
    Int4,
}
