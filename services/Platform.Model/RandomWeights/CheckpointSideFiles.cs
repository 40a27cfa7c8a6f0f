using System.Text.Json;

namespace Platform.Model;

/// <summary>The small files beside a checkpoint's weights: config, tokenizer, sampling defaults and picture settings.</summary>
internal static class CheckpointSideFiles
{
    private static readonly string[] TokenizerFiles =
        ["tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "generation_config.json"];

    private static readonly string[] OtherFiles = ["config.json", "preprocessor_config.json", "video_preprocessor_config.json", "model.safetensors.index.json"];

    /// <summary>Whether a file in a checkpoint folder belongs to the checkpoint.</summary>
    public static bool IsCheckpointFile(string path)
    {
        var name = Path.GetFileName(path);
        return TokenizerFiles.Contains(name) || OtherFiles.Contains(name)
            || (name.StartsWith("model", StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal));
    }

    public static void Write(string directory, ModelConfig config, RandomCheckpointOptions options)
    {
        File.WriteAllBytes(Path.Combine(directory, "config.json"), config.ToJson());
        options.Vocabulary?.WriteTo(directory);
        if (options.TokenizerDirectory is { } source)
            CopyTokenizer(source, directory);
        if (!File.Exists(Path.Combine(directory, "generation_config.json")))
            WriteJson(Path.Combine(directory, "generation_config.json"), json => WriteGeneration(json, config));
        if (config.Vision is not { } vision)
            return;
        WriteJson(Path.Combine(directory, "preprocessor_config.json"), json => WritePictureSettings(json, vision));
        WriteJson(Path.Combine(directory, "video_preprocessor_config.json"), json => WriteVideoSettings(json, vision));
    }

    private static void CopyTokenizer(string source, string directory)
    {
        if (!File.Exists(Path.Combine(source, "tokenizer.json")) && !File.Exists(Path.Combine(source, "vocab.json")))
            throw new IOException($"'{source}' has neither tokenizer.json nor vocab.json. Name a folder with tokenizer files.");
        foreach (var name in TokenizerFiles.Where(name => File.Exists(Path.Combine(source, name))))
            File.Copy(Path.Combine(source, name), Path.Combine(directory, name));
    }

    private static void WriteGeneration(Utf8JsonWriter json, ModelConfig config)
    {
        json.WriteStartArray("eos_token_id");
        foreach (var id in config.Text.EosTokenIds)
            json.WriteNumberValue(id);
        json.WriteEndArray();
        json.WriteBoolean("do_sample", true);
        json.WriteNumber("temperature", 1.0);
        json.WriteNumber("top_p", 0.95);
        json.WriteNumber("top_k", 20);
        json.WriteNumber("min_p", 0.0);
        json.WriteNumber("presence_penalty", 1.5);
        json.WriteNumber("repetition_penalty", 1.0);
    }

    private static void WritePictureSettings(Utf8JsonWriter json, VisionConfig vision)
    {
        WriteCommonSettings(json, vision, leastPixels: 65_536, mostPixels: 16_777_216);
        json.WriteString("image_processor_type", "Qwen2VLImageProcessorFast");
    }

    private static void WriteVideoSettings(Utf8JsonWriter json, VisionConfig vision)
    {
        WriteCommonSettings(json, vision, leastPixels: 4096, mostPixels: 25_165_824);
        json.WriteNumber("fps", 2);
        json.WriteNumber("min_frames", 4);
        json.WriteNumber("max_frames", 768);
        json.WriteString("video_processor_type", "Qwen3VLVideoProcessor");
    }

    private static void WriteCommonSettings(Utf8JsonWriter json, VisionConfig vision, int leastPixels, int mostPixels)
    {
        json.WriteBoolean("do_convert_rgb", true);
        json.WriteBoolean("do_resize", true);
        json.WriteBoolean("do_rescale", true);
        json.WriteBoolean("do_normalize", true);
        json.WriteNumber("resample", 3);
        json.WriteNumber("rescale_factor", 1.0 / 255);
        WriteTriple(json, "image_mean");
        WriteTriple(json, "image_std");
        json.WriteNumber("patch_size", vision.PatchSize);
        json.WriteNumber("temporal_patch_size", vision.TemporalPatchSize);
        json.WriteNumber("merge_size", vision.SpatialMergeSize);
        json.WriteStartObject("size");
        json.WriteNumber("shortest_edge", leastPixels);
        json.WriteNumber("longest_edge", mostPixels);
        json.WriteEndObject();
        json.WriteString("processor_class", "Qwen3VLProcessor");
    }

    private static void WriteTriple(Utf8JsonWriter json, string key)
    {
        json.WriteStartArray(key);
        for (var channel = 0; channel < 3; channel++)
            json.WriteNumberValue(0.5);
        json.WriteEndArray();
    }

    private static void WriteJson(string path, Action<Utf8JsonWriter> members)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }
}
