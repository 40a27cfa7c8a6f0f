using Platform.Model;

namespace Benchmarks.Peers;

/// <summary>One decoder layer's tensors under the names of the GGUF architecture.</summary>
internal sealed class GgufLayer(Checkpoint checkpoint, int layer)
{
    private readonly string _prefix = $"model.layers.{layer}";

    public IEnumerable<GgufTensor> All() =>
    [
        Norm("attn_norm", "input_layernorm"),
        Norm("post_attention_norm", "post_attention_layernorm"),
        .. checkpoint.Config.Text.LayerTypes[layer] == LayerKind.FullAttention ? FullAttention() : LinearAttention(),
        .. checkpoint.Config.Text.IsMoe ? Experts() : Dense(),
    ];

    private IEnumerable<GgufTensor> FullAttention() =>
    [
        Matrix("attn_q", "self_attn.q_proj"),
        Matrix("attn_k", "self_attn.k_proj"),
        Matrix("attn_v", "self_attn.v_proj"),
        Matrix("attn_output", "self_attn.o_proj"),
        Norm("attn_q_norm", "self_attn.q_norm"),
        Norm("attn_k_norm", "self_attn.k_norm"),
    ];

    private IEnumerable<GgufTensor> LinearAttention()
    {
        var conv = checkpoint.Get($"{_prefix}.linear_attn.conv1d.weight");
        return
        [
            Matrix("attn_qkv", "linear_attn.in_proj_qkv"),
            Matrix("attn_gate", "linear_attn.in_proj_z"),
            Matrix("ssm_beta", "linear_attn.in_proj_b"),
            Matrix("ssm_alpha", "linear_attn.in_proj_a"),
            Matrix("ssm_out", "linear_attn.out_proj"),
            new GgufTensor(Name("ssm_conv1d.weight"), [conv.Shape[0], conv.Shape[^1]], [conv]),
            Plain("ssm_dt.bias", "linear_attn.dt_bias"),
            Plain("ssm_a", "linear_attn.A_log", logarithm => -MathF.Exp(logarithm)),
            Plain("ssm_norm.weight", "linear_attn.norm.weight"),
        ];
    }

    private IEnumerable<GgufTensor> Dense() =>
        [Matrix("ffn_gate", "mlp.gate_proj"), Matrix("ffn_up", "mlp.up_proj"), Matrix("ffn_down", "mlp.down_proj")];

    private IEnumerable<GgufTensor> Experts() =>
    [
        Plain("ffn_gate_inp.weight", "mlp.gate.weight"),
        new GgufTensor(Name("ffn_gate_inp_shexp.weight"), [checkpoint.Config.Text.HiddenSize], [checkpoint.Get($"{_prefix}.mlp.shared_expert_gate.weight")]),
        Matrix("ffn_gate_shexp", "mlp.shared_expert.gate_proj"),
        Matrix("ffn_up_shexp", "mlp.shared_expert.up_proj"),
        Matrix("ffn_down_shexp", "mlp.shared_expert.down_proj"),
        Stack("ffn_gate_exps", ExpertPart.Gate),
        Stack("ffn_up_exps", ExpertPart.Up),
        Stack("ffn_down_exps", ExpertPart.Down),
    ];

    private GgufTensor Stack(string name, ExpertPart part)
    {
        List<CheckpointTensor> experts =
            [.. Enumerable.Range(0, checkpoint.Config.Text.NumExperts).Select(expert => checkpoint.Expert($"{_prefix}.mlp", expert, part))];
        return new GgufTensor(Name($"{name}.weight"), [experts.Count, .. experts[0].Shape], experts) { IsBf16 = true };
    }

    private GgufTensor Matrix(string name, string source) => GgufExport.Matrix(Name($"{name}.weight"), checkpoint.Get($"{_prefix}.{source}.weight"));

    private GgufTensor Norm(string name, string source) => GgufExport.Norm(Name($"{name}.weight"), checkpoint.Get($"{_prefix}.{source}.weight"));

    private GgufTensor Plain(string name, string source, Func<float, float>? change = null)
    {
        var tensor = checkpoint.Get($"{_prefix}.{source}");
        return new GgufTensor(Name(name), tensor.Shape, [tensor], change);
    }

    private string Name(string name) => $"blk.{layer}.{name}";
}
