namespace Platform.Model;

/// <summary>Every tensor a config calls for, under canonical names (text always <c>model.</c>, vision <c>model.visual.</c>, <c>mtp.</c>, <c>lm_head</c>).</summary>
internal sealed class CheckpointLayout
{
    private readonly TextConfig _text;
    private readonly List<TensorSpec> _tensors = [];
    private readonly List<ExpertSpec> _experts = [];

    private CheckpointLayout(TextConfig text)
    {
        _text = text;
    }

    /// <summary>All tensors but the experts.</summary>
    public IReadOnlyList<TensorSpec> Tensors => _tensors;

    /// <summary>The experts, one entry per layer; empty in a dense model.</summary>
    public IReadOnlyList<ExpertSpec> Experts => _experts;

    public static CheckpointLayout Of(ModelConfig config, bool withMtp)
    {
        var layout = new CheckpointLayout(config.Text);
        layout.AddGlobals(config);
        for (var i = 0; i < config.Text.NumHiddenLayers; i++)
            layout.AddLayer($"model.layers.{i}", config.Text.LayerTypes[i]);
        if (withMtp)
            layout.AddMtp();
        if (config.Vision is { } vision)
            layout.AddVision(vision);
        return layout;
    }

    private long Hidden => _text.HiddenSize;

    private void AddGlobals(ModelConfig config)
    {
        Add("model.embed_tokens.weight", TensorRole.Embedding, _text.VocabSize, Hidden);
        if (!config.TieWordEmbeddings)
            Add("lm_head.weight", TensorRole.Linear, _text.VocabSize, Hidden);
        Add("model.norm.weight", TensorRole.ZeroCentredNorm, Hidden);
    }

    private void AddLayer(string layer, LayerKind kind)
    {
        Add($"{layer}.input_layernorm.weight", TensorRole.ZeroCentredNorm, Hidden);
        if (kind == LayerKind.LinearAttention)
            AddLinearAttention($"{layer}.linear_attn");
        else
            AddFullAttention($"{layer}.self_attn");
        Add($"{layer}.post_attention_layernorm.weight", TensorRole.ZeroCentredNorm, Hidden);
        if (_text.IsMoe)
            AddExperts($"{layer}.mlp");
        else
            AddMlp($"{layer}.mlp", _text.IntermediateSize);
    }

    private void AddLinearAttention(string prefix)
    {
        Add($"{prefix}.in_proj_qkv.weight", TensorRole.QuantizedLinear, _text.ConvDim, Hidden);
        Add($"{prefix}.in_proj_z.weight", TensorRole.QuantizedLinear, _text.ValueDim, Hidden);
        Add($"{prefix}.in_proj_b.weight", TensorRole.Linear, _text.LinearNumValueHeads, Hidden);
        Add($"{prefix}.in_proj_a.weight", TensorRole.Linear, _text.LinearNumValueHeads, Hidden);
        Add($"{prefix}.conv1d.weight", TensorRole.Convolution, _text.ConvDim, 1, _text.LinearConvKernelDim);
        Add($"{prefix}.A_log", TensorRole.DecayLog, _text.LinearNumValueHeads);
        Add($"{prefix}.dt_bias", TensorRole.DecayBias, _text.LinearNumValueHeads);
        Add($"{prefix}.norm.weight", TensorRole.GatedNorm, _text.LinearValueHeadDim);
        Add($"{prefix}.out_proj.weight", TensorRole.QuantizedLinear, Hidden, _text.ValueDim);
    }

    private void AddFullAttention(string prefix)
    {
        long queries = _text.NumAttentionHeads * _text.HeadDim;
        long keys = _text.NumKeyValueHeads * _text.HeadDim;
        AddProjection($"{prefix}.q_proj", 2 * queries, Hidden);
        AddProjection($"{prefix}.k_proj", keys, Hidden);
        AddProjection($"{prefix}.v_proj", keys, Hidden);
        AddProjection($"{prefix}.o_proj", Hidden, queries);
        Add($"{prefix}.q_norm.weight", TensorRole.ZeroCentredNorm, _text.HeadDim);
        Add($"{prefix}.k_norm.weight", TensorRole.ZeroCentredNorm, _text.HeadDim);
    }

    private void AddProjection(string prefix, long outputs, long inputs)
    {
        Add($"{prefix}.weight", TensorRole.QuantizedLinear, outputs, inputs);
        if (_text.AttentionBias)
            Add($"{prefix}.bias", TensorRole.Bias, outputs);
    }

    private void AddMlp(string prefix, long intermediate)
    {
        Add($"{prefix}.gate_proj.weight", TensorRole.QuantizedLinear, intermediate, Hidden);
        Add($"{prefix}.up_proj.weight", TensorRole.QuantizedLinear, intermediate, Hidden);
        Add($"{prefix}.down_proj.weight", TensorRole.QuantizedLinear, Hidden, intermediate);
    }

    private void AddExperts(string prefix)
    {
        Add($"{prefix}.gate.weight", TensorRole.Linear, _text.NumExperts, Hidden);
        _experts.Add(new ExpertSpec(prefix, _text.NumExperts, _text.MoeIntermediateSize, _text.HiddenSize));
        AddMlp($"{prefix}.shared_expert", _text.SharedExpertIntermediateSize);
        Add($"{prefix}.shared_expert_gate.weight", TensorRole.Linear, 1, Hidden);
    }

    private void AddMtp()
    {
        Add("mtp.fc.weight", TensorRole.Linear, Hidden, 2 * Hidden);
        Add("mtp.norm.weight", TensorRole.ZeroCentredNorm, Hidden);
        Add("mtp.pre_fc_norm_hidden.weight", TensorRole.ZeroCentredNorm, Hidden);
        Add("mtp.pre_fc_norm_embedding.weight", TensorRole.ZeroCentredNorm, Hidden);
        for (var i = 0; i < _text.MtpNumHiddenLayers; i++)
            AddLayer($"mtp.layers.{i}", LayerKind.FullAttention);
    }

    private void AddVision(VisionConfig vision)
    {
        const string Prefix = "model.visual";
        long width = vision.HiddenSize;
        Add($"{Prefix}.patch_embed.proj.weight", TensorRole.Linear, width, vision.InChannels, vision.TemporalPatchSize, vision.PatchSize, vision.PatchSize);
        Add($"{Prefix}.patch_embed.proj.bias", TensorRole.Bias, width);
        Add($"{Prefix}.pos_embed.weight", TensorRole.Embedding, vision.NumPositionEmbeddings, width);
        for (var i = 0; i < vision.Depth; i++)
            AddVisionBlock($"{Prefix}.blocks.{i}", vision);
        AddNormWithBias($"{Prefix}.merger.norm", width);
        AddLinearWithBias($"{Prefix}.merger.linear_fc1", vision.MergedSize, vision.MergedSize);
        AddLinearWithBias($"{Prefix}.merger.linear_fc2", vision.OutHiddenSize, vision.MergedSize);
    }

    private void AddVisionBlock(string block, VisionConfig vision)
    {
        long width = vision.HiddenSize;
        AddNormWithBias($"{block}.norm1", width);
        AddNormWithBias($"{block}.norm2", width);
        AddLinearWithBias($"{block}.attn.qkv", 3 * width, width);
        AddLinearWithBias($"{block}.attn.proj", width, width);
        AddLinearWithBias($"{block}.mlp.linear_fc1", vision.IntermediateSize, width);
        AddLinearWithBias($"{block}.mlp.linear_fc2", width, vision.IntermediateSize);
    }

    private void AddNormWithBias(string prefix, long width)
    {
        Add($"{prefix}.weight", TensorRole.PlainNorm, width);
        Add($"{prefix}.bias", TensorRole.Bias, width);
    }

    private void AddLinearWithBias(string prefix, long outputs, long inputs)
    {
        Add($"{prefix}.weight", TensorRole.Linear, outputs, inputs);
        Add($"{prefix}.bias", TensorRole.Bias, outputs);
    }

    private void Add(string name, TensorRole role, params long[] shape) => _tensors.Add(new TensorSpec(name, shape, role));
}
