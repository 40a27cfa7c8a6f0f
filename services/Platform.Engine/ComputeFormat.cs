namespace Platform.Engine;

/// <summary>The number format of a model's inner products and cache; part of the numerics id.</summary>
public enum ComputeFormat
{
    /// <summary>Activations and cache in float32; weights as stored (BF16 ones are widened exactly).</summary>
    F32,

    /// <summary>Inputs of matrix products, weights and cache rounded to bfloat16; sums, norms and recurrent states in float32.</summary>
    BF16,
}
