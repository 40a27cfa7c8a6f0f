using System.Globalization;

namespace Platform.Model;

/// <summary>From the JSON of a <c>config.json</c> to records: types, defaults and spellings; the ranges are checked by <see cref="ModelConfigRules"/>.</summary>
internal static class ModelConfigParser
{
    public static ModelConfig Parse(ConfigSection root)
    {
        var architecture = ParseArchitecture(root);
        var nested = architecture.IsNested();
        var text = nested ? root.RequiredSection("text_config") : root;
        return new ModelConfig
        {
            Architecture = architecture,
            Text = TextConfigParser.Parse(text, architecture.IsMoe()),
            Vision = nested ? ParseVision(root.RequiredSection("vision_config")) : null,
            TieWordEmbeddings = root.OptionalBool("tie_word_embeddings") ?? text.Bool("tie_word_embeddings", false),
            ImageTokenId = root.OptionalInt("image_token_id"),
            VideoTokenId = root.OptionalInt("video_token_id"),
            VisionStartTokenId = root.OptionalInt("vision_start_token_id"),
            VisionEndTokenId = root.OptionalInt("vision_end_token_id"),
            Quantization = root.Section("quantization_config") is { } section ? ParseQuantization(section) : null,
        };
    }

    private static Architecture ParseArchitecture(ConfigSection root)
    {
        var names = root.Texts("architectures");
        var className = names is { Count: > 0 } ? names[0] : null;
        var modelType = root.Text("model_type");
        var found = ArchitectureNames.Find(className, modelType);
        if (found is null)
        {
            throw root.Wrong(
                className is null ? "model_type" : "architectures",
                className ?? modelType ?? "neither architectures nor model_type",
                $"one of {ArchitectureNames.AllClassNames}",
                "This program runs Qwen3.5 checkpoints only.");
        }

        if (modelType is not null && modelType != found.Value.ModelType())
            throw root.Wrong("model_type", modelType, $"{found.Value.ModelType()} for {found.Value.ClassName()}");
        return found.Value;
    }

    private static VisionConfig ParseVision(ConfigSection section)
    {
        // Older configs call the vision part by the whole model's name, so model_type says nothing here.
        if (section.Text("hidden_act") is { } activation && activation != "gelu_pytorch_tanh")
            throw section.Wrong("hidden_act", activation, "gelu_pytorch_tanh", "No released tower has another activation.");
        if (section.Ints("deepstack_visual_indexes") is { Count: > 0 } deepstack)
            throw section.Wrong("deepstack_visual_indexes", $"{deepstack.Count} layers", "an empty list", "Qwen3.5 towers feed no inner layers forward.");

        return new VisionConfig
        {
            Depth = section.Int("depth"),
            HiddenSize = section.Int("hidden_size"),
            NumHeads = section.Int("num_heads"),
            IntermediateSize = section.Int("intermediate_size"),
            PatchSize = section.Int("patch_size", 16),
            TemporalPatchSize = section.Int("temporal_patch_size", 2),
            SpatialMergeSize = section.Int("spatial_merge_size", 2),
            OutHiddenSize = section.Int("out_hidden_size"),
            NumPositionEmbeddings = section.Int("num_position_embeddings", 2304),
            InChannels = section.Int("in_channels", 3),
        };
    }

    private static QuantizationConfig ParseQuantization(ConfigSection section)
    {
        Expect(section, "quant_method", "fp8", required: true);
        Expect(section, "fmt", "e4m3", required: false);
        Expect(section, "activation_scheme", "dynamic", required: false);
        var block = section.Ints("weight_block_size")
            ?? throw section.Wrong("weight_block_size", "no such key", "[rows, columns]", "Only block-wise scales are supported.");
        if (block.Count != 2)
            throw section.Wrong("weight_block_size", string.Create(CultureInfo.InvariantCulture, $"{block.Count} numbers"), "[rows, columns]");
        return new QuantizationConfig
        {
            BlockRows = block[0],
            BlockColumns = block[1],
            ModulesToNotConvert = section.Texts("modules_to_not_convert") ?? [],
        };
    }

    private static void Expect(ConfigSection section, string key, string needed, bool required)
    {
        var found = section.Text(key);
        if (found != needed && (required || found is not null))
            throw section.Wrong(key, found ?? "no such key", needed, "Use the BF16 or the block-FP8 release of this model.");
    }
}
