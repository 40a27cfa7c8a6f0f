namespace Platform.Kernels;

/// <summary>What a product does with its result.</summary>
public enum GemmMode
{
    /// <summary>y = x·Wᵀ.</summary>
    Store,

    /// <summary>y = y + x·Wᵀ, the product rounded to float32 before the sum: a residual stream.</summary>
    AddTo,
}
