using System.Globalization;

namespace Platform.Model;

/// <summary>The ranges of every config value and the rules between them. Bounds are far above any release, so that they only stop nonsense.</summary>
internal static class ModelConfigRules
{
    public const int MostLayers = 1024;
    public const int MostHeadDim = 4096;

    private const int MostWidth = 1 << 20;
    private const int MostVocabulary = 1 << 23;
    private const int MostHeads = 4096;
    private const int MostChannels = 1 << 24;

    public static void Check(ModelConfig config)
    {
        if (config.Text.IsMoe != config.Architecture.IsMoe())
            throw Wrong("num_experts", $"{config.Text.NumExperts}", $"what {config.Architecture.ClassName()} says: {(config.Architecture.IsMoe() ? "experts" : "none")}");
        if (config.Vision is null == config.Architecture.IsNested())
            throw Wrong("vision_config", config.Vision is null ? "none" : "one", $"what {config.Architecture.ClassName()} says: {(config.Architecture.IsNested() ? "a vision tower" : "none")}");
        CheckSizes(config.Text);
        CheckAttention(config.Text);
        if (config.Text.IsMoe)
            CheckExperts(config.Text);
        else
            Range("intermediate_size", config.Text.IntermediateSize, 1, MostWidth);
        CheckLayers(config.Text);
        CheckRope(config.Text);
        if (config.Vision is { } vision)
            CheckVision(vision, config.Text.HiddenSize);
        CheckTokens(config);
        if (config.Quantization is { } quantization)
            CheckQuantization(quantization);
    }

    private static void CheckSizes(TextConfig text)
    {
        Range("vocab_size", text.VocabSize, 1, MostVocabulary);
        Range("hidden_size", text.HiddenSize, 1, MostWidth);
        Range("num_hidden_layers", text.NumHiddenLayers, 1, MostLayers);
        Range("rms_norm_eps", text.RmsNormEps, 1e-12, 0.1);
        Range("max_position_embeddings", text.MaxPositionEmbeddings, 1, 1 << 28);
        Range("mtp_num_hidden_layers", text.MtpNumHiddenLayers, 0, 16);
    }

    private static void CheckAttention(TextConfig text)
    {
        Range("num_attention_heads", text.NumAttentionHeads, 1, MostHeads);
        Range("num_key_value_heads", text.NumKeyValueHeads, 1, MostHeads);
        Range("head_dim", text.HeadDim, 2, MostHeadDim);
        Even("head_dim", text.HeadDim);
        Divides("num_attention_heads", text.NumAttentionHeads, "num_key_value_heads", text.NumKeyValueHeads);
        Range("linear_num_key_heads", text.LinearNumKeyHeads, 1, MostHeads);
        Range("linear_num_value_heads", text.LinearNumValueHeads, 1, MostHeads);
        Divides("linear_num_value_heads", text.LinearNumValueHeads, "linear_num_key_heads", text.LinearNumKeyHeads);
        Range("linear_key_head_dim", text.LinearKeyHeadDim, 1, MostHeadDim);
        Range("linear_value_head_dim", text.LinearValueHeadDim, 1, MostHeadDim);
        Range("linear_conv_kernel_dim", text.LinearConvKernelDim, 2, 16);
        Range("num_attention_heads x head_dim", (long)text.NumAttentionHeads * text.HeadDim, 1, MostChannels);
        Range(
            "linear attention channels",
            2L * text.LinearNumKeyHeads * text.LinearKeyHeadDim + (long)text.LinearNumValueHeads * text.LinearValueHeadDim,
            1,
            MostChannels);
    }

    private static void CheckExperts(TextConfig text)
    {
        Range("num_experts", text.NumExperts, 1, 16_384);
        Range("num_experts_per_tok", text.NumExpertsPerTok, 1, text.NumExperts);
        Range("moe_intermediate_size", text.MoeIntermediateSize, 1, MostWidth);
        Range("shared_expert_intermediate_size", text.SharedExpertIntermediateSize, 1, MostWidth);
    }

    private static void CheckLayers(TextConfig text)
    {
        if (text.LayerTypes.Count != text.NumHiddenLayers)
            throw Wrong("layer_types", $"{text.LayerTypes.Count} entries", $"num_hidden_layers = {text.NumHiddenLayers} entries");
    }

    private static void CheckRope(TextConfig text)
    {
        var rope = text.Rope;
        if (rope.RopeType is not ("default" or "yarn"))
            throw Wrong("rope_parameters.rope_type", rope.RopeType, "default or yarn");
        Range("rope_parameters.rope_theta", rope.Theta, 1 + 1e-9, 1e18);
        Range("partial_rotary_factor", rope.PartialRotaryFactor, 1e-6, 1);
        if (text.RotaryDim < 2 || text.RotaryDim % 2 != 0)
            throw Wrong("partial_rotary_factor", $"{rope.PartialRotaryFactor} of head_dim {text.HeadDim} = {text.RotaryDim} channels", "an even number of at least 2");

        var section = rope.MropeSection;
        if (section.Count != 3 || section.Any(part => part < 0) || section.Sum(part => (long)part) != text.RotaryDim / 2)
        {
            throw Wrong(
                "rope_parameters.mrope_section",
                $"[{string.Join(", ", section.Take(8))}]",
                $"three numbers that sum to {text.RotaryDim / 2}, half of the {text.RotaryDim} rotated channels");
        }

        if (rope.IsYarn)
            CheckYarn(rope);
    }

    private static void CheckYarn(RopeParameters rope)
    {
        Range("rope_parameters.factor", rope.Factor, 1, 1024);
        Range("rope_parameters.original_max_position_embeddings", rope.OriginalMaxPositionEmbeddings ?? 0, 1, 1 << 28);
        Range("rope_parameters.beta_slow", rope.BetaSlow, 1e-6, 1e6);
        Range("rope_parameters.beta_fast", rope.BetaFast, rope.BetaSlow, 1e6);
        if (rope.AttentionFactor is { } attention)
            Range("rope_parameters.attention_factor", attention, 1e-6, 1e6);
    }

    private static void CheckVision(VisionConfig vision, int textHiddenSize)
    {
        const string Part = "vision_config.";
        Range(Part + "depth", vision.Depth, 1, MostLayers);
        Range(Part + "hidden_size", vision.HiddenSize, 4, MostWidth);
        Range(Part + "num_heads", vision.NumHeads, 1, MostHeads);
        Divides(Part + "hidden_size", vision.HiddenSize, Part + "num_heads", vision.NumHeads);
        if (vision.HeadDim % 4 != 0)
            throw Wrong(Part + "num_heads", $"{vision.NumHeads} heads of {vision.HeadDim} channels", "channels per head that are a multiple of 4 (rows and columns, halves of each)");
        Range(Part + "intermediate_size", vision.IntermediateSize, 1, MostWidth);
        Range(Part + "patch_size", vision.PatchSize, 1, 128);
        Range(Part + "temporal_patch_size", vision.TemporalPatchSize, 1, 16);
        Range(Part + "spatial_merge_size", vision.SpatialMergeSize, 1, 16);
        Range(Part + "in_channels", vision.InChannels, 3, 3);
        Range(Part + "num_position_embeddings", vision.NumPositionEmbeddings, 1, 1 << 22);
        if (vision.PositionGridSide * vision.PositionGridSide != vision.NumPositionEmbeddings)
            throw Wrong(Part + "num_position_embeddings", $"{vision.NumPositionEmbeddings}", "a square number");
        if (vision.OutHiddenSize != textHiddenSize)
            throw Wrong(Part + "out_hidden_size", $"{vision.OutHiddenSize}", $"the text model's hidden_size {textHiddenSize}");
    }

    private static void CheckTokens(ModelConfig config)
    {
        foreach (var id in config.Text.EosTokenIds)
            Token("eos_token_id", id, config.Text.VocabSize);
        Token("image_token_id", config.ImageTokenId, config.Text.VocabSize);
        Token("video_token_id", config.VideoTokenId, config.Text.VocabSize);
        Token("vision_start_token_id", config.VisionStartTokenId, config.Text.VocabSize);
        Token("vision_end_token_id", config.VisionEndTokenId, config.Text.VocabSize);
        if (config.Vision is null)
            return;
        if (config.ImageTokenId is null)
            throw Wrong("image_token_id", "no such key", "the id of the picture placeholder, since the model has a vision tower");
        if (config.ImageTokenId == config.VideoTokenId)
            throw Wrong("video_token_id", $"{config.VideoTokenId}, which is image_token_id too", "an id of its own");
    }

    private static void CheckQuantization(QuantizationConfig quantization)
    {
        Range("quantization_config.weight_block_size[0]", quantization.BlockRows, 1, 1 << 16);
        Range("quantization_config.weight_block_size[1]", quantization.BlockColumns, 1, 1 << 16);
    }

    private static void Token(string key, int? id, int vocabulary)
    {
        if (id is { } value && (value < 0 || value >= vocabulary))
            throw Wrong(key, $"{value}", $"an id of the vocabulary, 0 to {vocabulary - 1}");
    }

    private static void Range(string key, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw Wrong(key, Text(value), least == most ? Text(least) : $"{Text(least)} to {Text(most)}");
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Even(string key, int value)
    {
        if (value % 2 != 0)
            throw Wrong(key, $"{value}", "an even number");
    }

    private static void Divides(string key, int value, string divisorKey, int divisor)
    {
        if (value % divisor != 0)
            throw Wrong(key, $"{value}", $"a multiple of {divisorKey} = {divisor}");
    }

    private static CheckpointException Wrong(string key, string found, string needed) =>
        new(new CheckpointProblem(
            CheckpointProblemKind.Config,
            key,
            found,
            needed,
            "Fetch config.json again from the release the weights came from, or correct the value."));
}
