namespace Platform.Model;

/// <summary>The text part of a config: the same keys nested in <c>text_config</c> or flat at the root.</summary>
internal static class TextConfigParser
{
    private const double DefaultTheta = 1e7;
    private const double DefaultPartialRotaryFactor = 0.25;

    public static TextConfig Parse(ConfigSection section, bool isMoe)
    {
        CheckFixedChoices(section);
        var layers = section.Int("num_hidden_layers");
        var headDim = section.Int("head_dim", 256);
        var maxPositions = section.Int("max_position_embeddings", 262_144);
        var config = new TextConfig
        {
            VocabSize = section.Int("vocab_size"),
            HiddenSize = section.Int("hidden_size"),
            NumHiddenLayers = layers,
            RmsNormEps = section.Number("rms_norm_eps", 1e-6),
            NumAttentionHeads = section.Int("num_attention_heads"),
            NumKeyValueHeads = section.Int("num_key_value_heads"),
            HeadDim = headDim,
            LinearNumKeyHeads = section.Int("linear_num_key_heads", 16),
            LinearNumValueHeads = section.Int("linear_num_value_heads", 32),
            LinearKeyHeadDim = section.Int("linear_key_head_dim", 128),
            LinearValueHeadDim = section.Int("linear_value_head_dim", 128),
            LinearConvKernelDim = section.Int("linear_conv_kernel_dim", 4),
            Rope = ParseRope(section, headDim, maxPositions),
            LayerTypes = ParseLayerTypes(section, layers),
            MtpNumHiddenLayers = section.Int("mtp_num_hidden_layers", 0),
            MaxPositionEmbeddings = maxPositions,
            EosTokenIds = section.Ints("eos_token_id") ?? [],
            AttentionBias = section.Bool("attention_bias", false),
        };
        return isMoe ? WithExperts(config, section) : config with { IntermediateSize = section.Int("intermediate_size") };
    }

    private static TextConfig WithExperts(TextConfig config, ConfigSection section) => config with
    {
        NumExperts = section.Int("num_experts", 256),
        NumExpertsPerTok = section.Int("num_experts_per_tok", 8),
        MoeIntermediateSize = section.Int("moe_intermediate_size", 512),
        SharedExpertIntermediateSize = section.Int("shared_expert_intermediate_size", 512),
    };

    private static void CheckFixedChoices(ConfigSection section)
    {
        if (section.Text("hidden_act") is { } activation && activation != "silu")
            throw section.Wrong("hidden_act", activation, "silu", "No released model has another activation.");
        if (!section.Bool("attn_output_gate", true))
            throw section.Wrong("attn_output_gate", "false", "true", "Attention without an output gate belongs to another model family.");
        if (section.Bool("mtp_use_dedicated_embeddings", false))
            throw section.Wrong("mtp_use_dedicated_embeddings", "true", "false", "The draft head shares the model's embeddings in every release.");
    }

    private static IReadOnlyList<LayerKind> ParseLayerTypes(ConfigSection section, int layers)
    {
        if (section.Texts("layer_types") is { } names)
            return [.. names.Select(name => ParseLayerKind(section, name))];

        var interval = section.Int("full_attention_interval", 4);
        if (interval < 1)
            throw section.Wrong("full_attention_interval", $"{interval}", "at least 1");

        // A hostile layer count must not become a hostile list; the range check reports the count itself.
        return TextConfig.DeriveLayerTypes(Math.Clamp(layers, 0, ModelConfigRules.MostLayers), interval);
    }

    private static LayerKind ParseLayerKind(ConfigSection section, string name) => name switch
    {
        "linear_attention" => LayerKind.LinearAttention,
        "full_attention" => LayerKind.FullAttention,
        _ => throw section.Wrong("layer_types", name, "linear_attention or full_attention"),
    };

    private static RopeParameters ParseRope(ConfigSection section, int headDim, int maxPositions)
    {
        // Configs saved by older tools call the same object rope_scaling and keep theta beside it.
        var rope = section.Section("rope_parameters") ?? section.Section("rope_scaling");
        var factor = rope?.OptionalNumber("partial_rotary_factor") ?? section.Number("partial_rotary_factor", DefaultPartialRotaryFactor);
        var type = rope?.Text("rope_type") ?? rope?.Text("type") ?? "default";
        if (rope is { } given && given.OptionalBool("mrope_interleaved") == false)
            throw given.Wrong("mrope_interleaved", "false", "true", "Contiguous position sections belong to an earlier model family.");

        var parameters = new RopeParameters
        {
            RopeType = type,
            Theta = rope?.OptionalNumber("rope_theta") ?? section.Number("rope_theta", DefaultTheta),
            PartialRotaryFactor = factor,
            MropeSection = rope?.Ints("mrope_section") ?? DeriveSection((int)(Math.Clamp(headDim, 0, ModelConfigRules.MostHeadDim) * factor) / 2),
        };
        return type == "yarn" ? WithYarn(parameters, rope!.Value, maxPositions) : parameters;
    }

    private static RopeParameters WithYarn(RopeParameters parameters, ConfigSection rope, int maxPositions) => parameters with
    {
        Factor = rope.OptionalNumber("factor") ?? throw rope.Wrong("factor", "no such key", "a number of at least 1 for rope_type yarn"),
        OriginalMaxPositionEmbeddings = rope.Int("original_max_position_embeddings", maxPositions),
        BetaFast = rope.Number("beta_fast", 32),
        BetaSlow = rope.Number("beta_slow", 1),
        AttentionFactor = rope.OptionalNumber("attention_factor"),
    };

    /// <summary>What interleaving t, h, w over the frequencies gives; [11, 11, 10] for the released 32.</summary>
    private static IReadOnlyList<int> DeriveSection(int frequencies)
    {
        var height = (frequencies + 1) / 3;
        var width = frequencies / 3;
        return [frequencies - height - width, height, width];
    }
}
