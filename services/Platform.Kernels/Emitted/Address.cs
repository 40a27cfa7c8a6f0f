namespace Platform.Kernels.Emitted;

/// <summary>A memory operand: base + index · scale + displacement.</summary>
/// <param name="Base">Base register.</param>
/// <param name="Displacement">Bytes.</param>
/// <param name="Index">Index register, or none.</param>
/// <param name="Scale">1, 2, 4 or 8.</param>
internal readonly record struct Address(Gp Base, int Displacement = 0, Gp? Index = null, int Scale = 1);
