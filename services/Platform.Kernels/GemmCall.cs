namespace Platform.Kernels;

/// <summary>One product y = x·Wᵀ of a <see cref="GemmBatch"/>.</summary>
/// <param name="Weights">[N, K].</param>
/// <param name="X">[M, K] float32.</param>
/// <param name="Y">[M, N] float32; its padding is not written.</param>
/// <param name="Mode">Store or add.</param>
public readonly record struct GemmCall(PackedMatrix Weights, FloatRows X, FloatRows Y, GemmMode Mode);
