using System.Text.Json;

namespace Platform.Model;

/// <summary>Writes a config in the published layout, so that other programs read it too.</summary>
internal static class ModelConfigWriter
{
    public static byte[] Write(ModelConfig config)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("architectures");
            json.WriteStringValue(config.Architecture.ClassName());
            json.WriteEndArray();
            json.WriteString("model_type", config.Architecture.ModelType());
            WriteText(json, config);
            if (config.Vision is { } vision)
                WriteVision(json, config, vision);
            json.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
            if (config.Quantization is { } quantization)
                WriteQuantization(json, quantization);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteText(Utf8JsonWriter json, ModelConfig config)
    {
        var text = config.Text;
        var nested = config.Architecture.IsNested();
        if (nested)
        {
            json.WriteStartObject("text_config");
            json.WriteString("model_type", config.Architecture.TextModelType());
        }

        WriteTextSizes(json, text);
        if (text.IsMoe)
            WriteExperts(json, text);
        else
            json.WriteNumber("intermediate_size", text.IntermediateSize);
        WriteLayerTypes(json, text);
        WriteRope(json, text.Rope);
        WriteEos(json, text.EosTokenIds);
        json.WriteBoolean("attention_bias", text.AttentionBias);
        json.WriteBoolean("attn_output_gate", true);
        json.WriteString("hidden_act", "silu");
        json.WriteString("mamba_ssm_dtype", "float32");
        if (nested)
            json.WriteEndObject();
    }

    private static void WriteTextSizes(Utf8JsonWriter json, TextConfig text)
    {
        json.WriteNumber("vocab_size", text.VocabSize);
        json.WriteNumber("hidden_size", text.HiddenSize);
        json.WriteNumber("num_hidden_layers", text.NumHiddenLayers);
        json.WriteNumber("rms_norm_eps", text.RmsNormEps);
        json.WriteNumber("num_attention_heads", text.NumAttentionHeads);
        json.WriteNumber("num_key_value_heads", text.NumKeyValueHeads);
        json.WriteNumber("head_dim", text.HeadDim);
        json.WriteNumber("linear_num_key_heads", text.LinearNumKeyHeads);
        json.WriteNumber("linear_num_value_heads", text.LinearNumValueHeads);
        json.WriteNumber("linear_key_head_dim", text.LinearKeyHeadDim);
        json.WriteNumber("linear_value_head_dim", text.LinearValueHeadDim);
        json.WriteNumber("linear_conv_kernel_dim", text.LinearConvKernelDim);
        json.WriteNumber("max_position_embeddings", text.MaxPositionEmbeddings);
        json.WriteNumber("mtp_num_hidden_layers", text.MtpNumHiddenLayers);
    }

    private static void WriteExperts(Utf8JsonWriter json, TextConfig text)
    {
        json.WriteNumber("num_experts", text.NumExperts);
        json.WriteNumber("num_experts_per_tok", text.NumExpertsPerTok);
        json.WriteNumber("moe_intermediate_size", text.MoeIntermediateSize);
        json.WriteNumber("shared_expert_intermediate_size", text.SharedExpertIntermediateSize);
    }

    private static void WriteLayerTypes(Utf8JsonWriter json, TextConfig text)
    {
        json.WriteStartArray("layer_types");
        foreach (var kind in text.LayerTypes)
            json.WriteStringValue(kind == LayerKind.FullAttention ? "full_attention" : "linear_attention");
        json.WriteEndArray();
    }

    private static void WriteRope(Utf8JsonWriter json, RopeParameters rope)
    {
        json.WriteNumber("partial_rotary_factor", rope.PartialRotaryFactor);
        json.WriteStartObject("rope_parameters");
        json.WriteString("rope_type", rope.RopeType);
        json.WriteNumber("rope_theta", rope.Theta);
        json.WriteNumber("partial_rotary_factor", rope.PartialRotaryFactor);
        json.WriteBoolean("mrope_interleaved", true);
        json.WriteStartArray("mrope_section");
        foreach (var part in rope.MropeSection)
            json.WriteNumberValue(part);
        json.WriteEndArray();
        if (rope.IsYarn)
        {
            json.WriteNumber("factor", rope.Factor);
            if (rope.OriginalMaxPositionEmbeddings is { } original)
                json.WriteNumber("original_max_position_embeddings", original);
            json.WriteNumber("beta_fast", rope.BetaFast);
            json.WriteNumber("beta_slow", rope.BetaSlow);
            if (rope.AttentionFactor is { } attention)
                json.WriteNumber("attention_factor", attention);
        }

        json.WriteEndObject();
    }

    private static void WriteEos(Utf8JsonWriter json, IReadOnlyList<int> ids)
    {
        if (ids.Count == 1)
        {
            json.WriteNumber("eos_token_id", ids[0]);
            return;
        }

        json.WriteStartArray("eos_token_id");
        foreach (var id in ids)
            json.WriteNumberValue(id);
        json.WriteEndArray();
    }

    private static void WriteVision(Utf8JsonWriter json, ModelConfig config, VisionConfig vision)
    {
        json.WriteStartObject("vision_config");
        json.WriteString("model_type", config.Architecture.ModelType() + "_vision");
        json.WriteNumber("depth", vision.Depth);
        json.WriteNumber("hidden_size", vision.HiddenSize);
        json.WriteNumber("num_heads", vision.NumHeads);
        json.WriteNumber("intermediate_size", vision.IntermediateSize);
        json.WriteNumber("patch_size", vision.PatchSize);
        json.WriteNumber("temporal_patch_size", vision.TemporalPatchSize);
        json.WriteNumber("spatial_merge_size", vision.SpatialMergeSize);
        json.WriteNumber("out_hidden_size", vision.OutHiddenSize);
        json.WriteNumber("num_position_embeddings", vision.NumPositionEmbeddings);
        json.WriteNumber("in_channels", vision.InChannels);
        json.WriteString("hidden_act", "gelu_pytorch_tanh");
        json.WriteEndObject();
        WriteToken(json, "image_token_id", config.ImageTokenId);
        WriteToken(json, "video_token_id", config.VideoTokenId);
        WriteToken(json, "vision_start_token_id", config.VisionStartTokenId);
        WriteToken(json, "vision_end_token_id", config.VisionEndTokenId);
    }

    private static void WriteToken(Utf8JsonWriter json, string key, int? id)
    {
        if (id is { } value)
            json.WriteNumber(key, value);
    }

    private static void WriteQuantization(Utf8JsonWriter json, QuantizationConfig quantization)
    {
        json.WriteStartObject("quantization_config");
        json.WriteString("quant_method", "fp8");
        json.WriteString("fmt", "e4m3");
        json.WriteString("activation_scheme", "dynamic");
        json.WriteStartArray("weight_block_size");
        json.WriteNumberValue(quantization.BlockRows);
        json.WriteNumberValue(quantization.BlockColumns);
        json.WriteEndArray();
        json.WriteStartArray("modules_to_not_convert");
        foreach (var module in quantization.ModulesToNotConvert)
            json.WriteStringValue(module);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
