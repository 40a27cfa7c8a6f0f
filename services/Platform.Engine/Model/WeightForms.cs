using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>Which form each matrix takes.</summary>
internal static class WeightForms
{
    // Small ones whose rounding is felt out of proportion: the router's choice, decay and write strength of linear attention, and the
    // projection that starts a draft.
    private static readonly string[] NeverQuantised =
        [".mlp.gate.weight", ".shared_expert_gate.weight", ".in_proj_a.weight", ".in_proj_b.weight", "mtp.fc.weight"];

    /// <summary>The form of a matrix that is packed alone.</summary>
    public static PanelStorage Of(CheckpointTensor tensor, ComputeFormat format, WeightPacking packing)
    {
        if (packing != WeightPacking.AsStored && !NeverQuantised.Any(end => tensor.Name.EndsWith(end, StringComparison.Ordinal)))
            return packing == WeightPacking.Int8 ? PanelStorage.INT8 : PanelStorage.INT4;
        if (format == ComputeFormat.BF16)
            return PanelStorage.BF16Dot;
        return tensor.Type == TensorType.BF16 ? PanelStorage.BF16 : PanelStorage.F32;
    }

    /// <summary>The form of matrices that are packed as one: the widest of them.</summary>
    public static PanelStorage Of(ReadOnlySpan<CheckpointTensor> parts, ComputeFormat format, WeightPacking packing)
    {
        var form = Of(parts[0], format, packing);
        foreach (var part in parts[1..])
        {
            var other = Of(part, format, packing);
            if (other == PanelStorage.F32)
                form = other;
            else if (other != form && form != PanelStorage.F32)
                throw new InvalidOperationException($"'{part.Name}' would be packed as {other} with '{parts[0].Name}' as {form}; pack them apart.");
        }

        return form;
    }
}
