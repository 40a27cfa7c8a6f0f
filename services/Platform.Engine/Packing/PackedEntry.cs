using Platform.Kernels;

namespace Platform.Engine;

/// <summary>A packed matrix in a file.</summary>
/// <param name="Name">Its first tensor's name, and how many tensors lie below each other in it.</param>
/// <param name="Outputs">Output rows.</param>
/// <param name="Inputs">Inputs.</param>
/// <param name="Storage">Element type.</param>
/// <param name="Offset">First byte in the file, a multiple of 64.</param>
/// <param name="Bytes">Length.</param>
internal sealed record PackedEntry(string Name, int Outputs, int Inputs, PanelStorage Storage, long Offset, long Bytes);
