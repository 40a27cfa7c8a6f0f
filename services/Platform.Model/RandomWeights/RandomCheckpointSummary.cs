namespace Platform.Model;

/// <summary>What was written.</summary>
/// <param name="Parameters">Weights, without scales.</param>
/// <param name="Bytes">Bytes of the safetensors files.</param>
/// <param name="Tensors">Tensors, scales included.</param>
/// <param name="WeightFiles">Safetensors files.</param>
public sealed record RandomCheckpointSummary(long Parameters, long Bytes, int Tensors, int WeightFiles);
