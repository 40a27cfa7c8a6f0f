using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Model.Tests;

public sealed class ModelConfigTests
{
    [Theory]
    [InlineData("tiny-dense")]
    [InlineData("tiny-moe")]
    [InlineData("tiny-moe-vl")]
    [InlineData("tiny-moe-mtp")]
    [InlineData("tiny-moe-fp8")]
    [InlineData("end-to-end")]
    public void Survives_being_written_and_read_again(string folder)
    {
        var config = ModelConfig.Load(Repository.Golden(folder));
        var written = config.ToJson();
        Assert.Equal(written, ModelConfig.Parse(written).ToJson());
    }

    [Fact]
    public void Reads_a_nested_config_with_vision()
    {
        var config = ModelConfig.Load(Repository.Golden("end-to-end"));
        Assert.Equal(Architecture.MoeConditionalGeneration, config.Architecture);
        Assert.Equal((8192, 48, 4, 8, 2), (config.Text.VocabSize, config.Text.HiddenSize, config.Text.NumHiddenLayers, config.Text.NumExperts, config.Text.NumExpertsPerTok));
        Assert.Equal((8012, 8013, 8009, 8010, 8000), (config.ImageTokenId, config.VideoTokenId, config.VisionStartTokenId, config.VisionEndTokenId, config.Text.EosTokenId));
        Assert.Equal((16, 32, 96, 160), (config.Text.RotaryDim, config.Text.KeyDim, config.Text.ValueDim, config.Text.ConvDim));
        Assert.Equal((2, 16, 1536, 128, 8), (config.Vision!.Depth, config.Vision.HeadDim, config.Vision.PatchElements, config.Vision.MergedSize, config.Vision.PositionGridSide));
        Assert.Equal([LayerKind.LinearAttention, LayerKind.LinearAttention, LayerKind.LinearAttention, LayerKind.FullAttention], config.Text.LayerTypes);
    }

    [Fact]
    public void Fills_in_defaults_when_only_the_required_keys_are_there()
    {
        var config = Parse("""
            {"architectures":["Qwen3_5MoeForCausalLM"],"vocab_size":1000,"hidden_size":2048,"num_hidden_layers":8,
             "num_attention_heads":16,"num_key_value_heads":2}
            """);
        var text = config.Text;
        Assert.Equal((256, 16, 32, 128, 128, 4), (text.HeadDim, text.LinearNumKeyHeads, text.LinearNumValueHeads, text.LinearKeyHeadDim, text.LinearValueHeadDim, text.LinearConvKernelDim));
        Assert.Equal((256, 8, 512, 512), (text.NumExperts, text.NumExpertsPerTok, text.MoeIntermediateSize, text.SharedExpertIntermediateSize));
        Assert.Equal((1e7, 0.25, 64), (text.Rope.Theta, text.Rope.PartialRotaryFactor, text.RotaryDim));
        Assert.Equal([11, 11, 10], text.Rope.MropeSection);
        Assert.Equal([3, 7], Enumerable.Range(0, 8).Where(i => text.LayerTypes[i] == LayerKind.FullAttention));
        Assert.Equal((0, false, false, 1e-6), (text.MtpNumHiddenLayers, config.TieWordEmbeddings, text.AttentionBias, text.RmsNormEps));
        Assert.Empty(text.EosTokenIds);
    }

    [Fact]
    public void Takes_the_interval_when_no_layer_types_are_listed_and_the_list_when_they_are()
    {
        var derived = Flat(node => { node.Remove("layer_types"); node["full_attention_interval"] = 2; });
        Assert.Equal([1, 3, 5, 7], Enumerable.Range(0, 8).Where(i => derived.Text.LayerTypes[i] == LayerKind.FullAttention));
        var listed = Flat(node => { node["layer_types"]![0] = "full_attention"; node["full_attention_interval"] = 2; });
        Assert.Equal([0, 3, 7], Enumerable.Range(0, 8).Where(i => listed.Text.LayerTypes[i] == LayerKind.FullAttention));
    }

    [Fact]
    public void Finds_the_rotary_factor_at_either_level()
    {
        var beside = Flat(node => { node["rope_parameters"]!.AsObject().Remove("partial_rotary_factor"); node["partial_rotary_factor"] = 0.5; node["rope_parameters"]!["mrope_section"] = new JsonArray(6, 5, 5); });
        Assert.Equal(32, beside.Text.RotaryDim);
        var inside = Flat(node => { node["rope_parameters"]!["partial_rotary_factor"] = 0.5; node["partial_rotary_factor"] = 0.25; node["rope_parameters"]!["mrope_section"] = new JsonArray(6, 5, 5); });
        Assert.Equal(32, inside.Text.RotaryDim);
        var absent = Flat(node => { node.Remove("rope_parameters"); node.Remove("partial_rotary_factor"); });
        Assert.Equal((16, 1e7), (absent.Text.RotaryDim, absent.Text.Rope.Theta));
        Assert.Equal([3, 3, 2], absent.Text.Rope.MropeSection);
    }

    [Fact]
    public void Reads_yarn_and_stretches_the_context()
    {
        var config = Flat(node =>
        {
            node["rope_parameters"]!["rope_type"] = "yarn";
            node["rope_parameters"]!["factor"] = 4.0;
            node["rope_parameters"]!["original_max_position_embeddings"] = 4096;
        });
        Assert.Equal((true, 4.0, 4096, 32.0, 1.0, 16_384), (config.Text.Rope.IsYarn, config.Text.Rope.Factor, config.Text.Rope.OriginalMaxPositionEmbeddings, config.Text.Rope.BetaFast, config.Text.Rope.BetaSlow, config.Text.MaxPositions));
        Assert.Equal(config.ToJson(), ModelConfig.Parse(config.ToJson()).ToJson());
    }

    [Fact]
    public void Ignores_unknown_keys_and_the_older_name_of_the_vision_part()
    {
        var node = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Golden("tiny-moe-vl"), "config.json")))!.AsObject();
        var before = ModelConfig.Parse(Encoding.UTF8.GetBytes(node.ToJsonString())).ToJson();
        node["vision_config"]!["model_type"] = "qwen3_5_moe";
        node["vision_config"]!["deepstack_visual_indexes"] = new JsonArray();
        node["text_config"]!["mlp_only_layers"] = new JsonArray();
        node["text_config"]!["output_gate_type"] = "sigmoid";
        node["language_model_only"] = false;
        Assert.Equal(before, ModelConfig.Parse(Encoding.UTF8.GetBytes(node.ToJsonString())).ToJson());
    }

    [Theory]
    [InlineData("vocab_size", "0")]
    [InlineData("vocab_size", "2147483647")]
    [InlineData("vocab_size", "\"512\"")]
    [InlineData("vocab_size", "null")]
    [InlineData("hidden_size", "-1")]
    [InlineData("hidden_size", "1e10")]
    [InlineData("hidden_size", "64.5")]
    [InlineData("num_hidden_layers", "0")]
    [InlineData("num_hidden_layers", "2000000000")]
    [InlineData("rms_norm_eps", "0")]
    [InlineData("rms_norm_eps", "1e400")]
    [InlineData("num_attention_heads", "0")]
    [InlineData("num_attention_heads", "5")]
    [InlineData("num_key_value_heads", "0")]
    [InlineData("head_dim", "63")]
    [InlineData("head_dim", "1000000")]
    [InlineData("linear_num_key_heads", "3")]
    [InlineData("linear_num_value_heads", "0")]
    [InlineData("linear_conv_kernel_dim", "1")]
    [InlineData("linear_key_head_dim", "0")]
    [InlineData("intermediate_size", "0")]
    [InlineData("max_position_embeddings", "0")]
    [InlineData("mtp_num_hidden_layers", "-1")]
    [InlineData("eos_token_id", "512")]
    [InlineData("eos_token_id", "[1, -1]")]
    [InlineData("layer_types", "[\"full_attention\"]")]
    [InlineData("layer_types", "[\"sliding_attention\"]")]
    [InlineData("layer_types", "\"full_attention\"")]
    [InlineData("hidden_act", "\"gelu\"")]
    [InlineData("attn_output_gate", "false")]
    [InlineData("attention_bias", "1")]
    [InlineData("model_type", "\"qwen3\"")]
    [InlineData("architectures", "[\"LlamaForCausalLM\"]")]
    [InlineData("quantization_config", "{\"quant_method\":\"gptq\"}", "quant_method")]
    [InlineData("quantization_config", "{\"quant_method\":\"fp8\"}", "weight_block_size")]
    [InlineData("quantization_config", "{\"quant_method\":\"fp8\",\"weight_block_size\":[0,128]}", "weight_block_size")]
    [InlineData("quantization_config", "{\"quant_method\":\"fp8\",\"fmt\":\"e5m2\",\"weight_block_size\":[128,128]}", "fmt")]
    [InlineData("rope_parameters", "{\"rope_type\":\"linear\"}", "rope_type")]
    [InlineData("rope_parameters", "{\"rope_type\":\"yarn\"}", "factor")]
    [InlineData("rope_parameters", "{\"rope_type\":\"yarn\",\"factor\":0.5}", "factor")]
    [InlineData("rope_parameters", "{\"rope_theta\":0}", "rope_theta")]
    [InlineData("rope_parameters", "{\"partial_rotary_factor\":2}", "partial_rotary_factor")]
    [InlineData("rope_parameters", "{\"mrope_section\":[11,11,10]}", "mrope_section")]
    [InlineData("rope_parameters", "{\"mrope_interleaved\":false}", "mrope_interleaved")]
    public void Names_the_key_that_is_out_of_range(string key, string value, string? subject = null)
    {
        var problem = Assert.Throws<CheckpointException>(() => Flat(node => node[key] = JsonNode.Parse(value))).Problems.Single();
        Assert.Equal(CheckpointProblemKind.Config, problem.Kind);
        Assert.Contains(subject ?? key, problem.ToString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(problem.Cure));
    }

    [Theory]
    [InlineData("text_config", "num_experts_per_tok", "17")]
    [InlineData("text_config", "num_experts", "0")]
    [InlineData("text_config", "moe_intermediate_size", "0")]
    [InlineData("text_config", "shared_expert_intermediate_size", "0")]
    [InlineData("vision_config", "num_heads", "3")]
    [InlineData("vision_config", "num_heads", "16")]
    [InlineData("vision_config", "num_position_embeddings", "63")]
    [InlineData("vision_config", "out_hidden_size", "64")]
    [InlineData("vision_config", "depth", "0")]
    [InlineData("vision_config", "in_channels", "4")]
    [InlineData("vision_config", "patch_size", "100000")]
    [InlineData("vision_config", "hidden_act", "\"relu\"")]
    [InlineData("vision_config", "deepstack_visual_indexes", "[1]")]
    [InlineData(null, "image_token_id", "512")]
    [InlineData(null, "image_token_id", "507")]
    [InlineData(null, "image_token_id", "null")]
    [InlineData(null, "text_config", "null")]
    [InlineData(null, "vision_config", "[]")]
    public void Names_the_key_of_a_nested_config_that_is_out_of_range(string? section, string key, string value)
    {
        var node = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Golden("tiny-moe-vl"), "config.json")))!.AsObject();
        (section is null ? node : node[section]!.AsObject())[key] = JsonNode.Parse(value);
        var problem = Assert.Throws<CheckpointException>(() => ModelConfig.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()))).Problems.Single();
        Assert.Equal(CheckpointProblemKind.Config, problem.Kind);
        Assert.Contains(key, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"architectures\":[\"\\ud800\"]}")]
    [InlineData("{\"\\ud800\":1,\"model_type\":\"qwen3_5_text\"}")]
    public void Refuses_what_is_no_config(string json) =>
        Assert.Throws<CheckpointException>(() => ModelConfig.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Refuses_json_nested_without_end() =>
        Assert.Throws<CheckpointException>(() => ModelConfig.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000))));

    [Fact]
    public void Reads_sampling_defaults()
    {
        var config = GenerationConfig.Load(Repository.Golden("end-to-end"));
        Assert.Equal((true, 1.0, 0.95, 20, 0.0, 1.5, 1.0), (config.DoSample, config.Temperature, config.TopP, config.TopK, config.MinP, config.PresencePenalty, config.RepetitionPenalty));
        Assert.Equal([8002, 8000], config.EosTokenIds);
        Assert.Empty(GenerationConfig.Load(Repository.Golden("tiny-dense")).EosTokenIds);
        Assert.Equal("top_p", Assert.Throws<CheckpointException>(() => GenerationConfig.Parse("""{"top_p": 1.5}"""u8)).Problems[0].Subject);
    }

    private static ModelConfig Parse(string json) => ModelConfig.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>The config of tiny-dense (8 layers, head_dim 64) with a change.</summary>
    private static ModelConfig Flat(Action<JsonObject> change)
    {
        var node = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Golden("tiny-dense"), "config.json")))!.AsObject();
        change(node);
        return Parse(node.ToJsonString());
    }
}
