namespace Platform.Model;

/// <summary>The experts of one layer, which a file holds fused or one by one.</summary>
/// <param name="MlpPrefix">Canonical prefix, such as <c>model.layers.3.mlp</c>.</param>
/// <param name="Experts">E.</param>
/// <param name="Intermediate">I.</param>
/// <param name="Hidden">H.</param>
internal sealed record ExpertSpec(string MlpPrefix, int Experts, int Intermediate, int Hidden)
{
    public TensorSpec FusedGateUp =>
        new($"{MlpPrefix}.experts.gate_up_proj", [Experts, 2L * Intermediate, Hidden], TensorRole.FusedExperts);

    public TensorSpec FusedDown =>
        new($"{MlpPrefix}.experts.down_proj", [Experts, Hidden, Intermediate], TensorRole.FusedExperts);

    public TensorSpec Single(int expert, ExpertPart part) => part switch
    {
        ExpertPart.Gate => new(SingleName(MlpPrefix, expert, part), [Intermediate, Hidden], TensorRole.QuantizedLinear),
        ExpertPart.Up => new(SingleName(MlpPrefix, expert, part), [Intermediate, Hidden], TensorRole.QuantizedLinear),
        _ => new(SingleName(MlpPrefix, expert, part), [Hidden, Intermediate], TensorRole.QuantizedLinear),
    };

    public static string SingleName(string mlpPrefix, int expert, ExpertPart part) => part switch
    {
        ExpertPart.Gate => $"{mlpPrefix}.experts.{expert}.gate_proj.weight",
        ExpertPart.Up => $"{mlpPrefix}.experts.{expert}.up_proj.weight",
        _ => $"{mlpPrefix}.experts.{expert}.down_proj.weight",
    };
}
