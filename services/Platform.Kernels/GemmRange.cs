namespace Platform.Kernels;

/// <summary>A part of a product that one task does.</summary>
internal readonly record struct GemmRange(int FirstPanel, int Panels, int FirstRow, int Rows);
