namespace Platform.Model;

/// <summary>What a tensor of a checkpoint is, which decides how it may be stored and how random weights are drawn.</summary>
internal enum TensorRole
{
    /// <summary>A matrix that block-FP8 releases quantise.</summary>
    QuantizedLinear,

    /// <summary>A matrix those releases keep in full precision (router, b and a projections, head, mtp.fc, vision).</summary>
    Linear,

    /// <summary>Experts of a layer in one tensor.</summary>
    FusedExperts,

    /// <summary>A looked-up table.</summary>
    Embedding,

    /// <summary>Depthwise filter.</summary>
    Convolution,

    /// <summary>Norm weight stored minus one.</summary>
    ZeroCentredNorm,

    /// <summary>Norm weight around one.</summary>
    PlainNorm,

    /// <summary>Norm weight of linear attention: around one, float32 in several releases.</summary>
    GatedNorm,

    /// <summary>Added vector.</summary>
    Bias,

    /// <summary>Logarithm of the decay rate, float32 in several releases.</summary>
    DecayLog,

    /// <summary>Added to the decay input.</summary>
    DecayBias,
}

/// <summary>A tensor the config calls for.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Role">What it is.</param>
internal sealed record TensorSpec(string Name, long[] Shape, TensorRole Role)
{
    /// <summary>Whether the tensor may be stored as FP8 with scales: any matrix of a Linear.</summary>
    public bool MayBeQuantized => Role is TensorRole.QuantizedLinear or TensorRole.Linear && Shape.Length == 2;
}
