using System.Globalization;
using Platform.Cli.Bench;
using Platform.Model;

namespace Benchmarks.Peers;

/// <summary>
/// Writes a checkpoint as GGUF, so that other engines run on equal weights. Text model only, without draft head and vocabulary. Shapes whose
/// linear attention has as many key heads as value heads only: others need their value heads in another order.
/// </summary>
internal static class GgufExport
{
    /// <param name="args">--shape NAME or FOLDER, --data FOLDER, --out FILE.</param>
    public static void Run(string[] args)
    {
        var options = new NamedArguments(args, "shape", "data", "out");
        var checkpoint = BenchCheckpoint.Ensure(options.Get("shape"), options.Get("data", "."), Console.Error.WriteLine, CancellationToken.None);
        using var opened = Checkpoint.Open(checkpoint.Folder, new CheckpointOptions { TextOnly = true, WithoutMtp = true });
        using var writer = new GgufWriter(options.Get("out"));
        Fill(writer, opened, checkpoint.Name);
        writer.Write(_ => { });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Get("out")}: {opened.ContentId}"));
    }

    /// <summary>Adds metadata and tensors.</summary>
    /// <exception cref="ArgumentException">A shape that would need its value heads reordered.</exception>
    internal static void Fill(GgufWriter writer, Checkpoint checkpoint, string name)
    {
        var text = checkpoint.Config.Text;
        if (text.LinearNumKeyHeads != text.LinearNumValueHeads)
            throw new ArgumentException($"{text.LinearNumKeyHeads} key heads and {text.LinearNumValueHeads} value heads: only equal numbers can be written.");
        AddMetadata(writer, text, name);
        writer.Add(Matrix("token_embd.weight", checkpoint.Get("model.embed_tokens.weight")));
        if (!checkpoint.Config.TieWordEmbeddings)
            writer.Add(Matrix("output.weight", checkpoint.OutputHead));
        writer.Add(Norm("output_norm.weight", checkpoint.Get("model.norm.weight")));
        for (var layer = 0; layer < text.NumHiddenLayers; layer++)
        {
            var tensors = new GgufLayer(checkpoint, layer);
            foreach (var tensor in tensors.All())
                writer.Add(tensor);
        }
    }

    internal static GgufTensor Matrix(string name, CheckpointTensor source) => new(name, source.Shape, [source]) { IsBf16 = source.Type == TensorType.BF16 };

    /// <summary>A zero-centred norm: its readers multiply by what the file says, so it holds 1 + w.</summary>
    internal static GgufTensor Norm(string name, CheckpointTensor source) => new(name, source.Shape, [source], weight => 1 + weight);

    private static void AddMetadata(GgufWriter writer, TextConfig text, string name)
    {
        var arch = text.IsMoe ? "qwen35moe" : "qwen35";
        writer.Add("general.architecture", arch);
        writer.Add("general.type", "model");
        writer.Add("general.name", name);
        writer.Add("general.file_type", 32u);
        writer.Add("general.quantization_version", 2u);
        writer.Add("tokenizer.ggml.model", "no_vocab");
        Number("vocab_size", text.VocabSize);
        Number("context_length", text.MaxPositionEmbeddings);
        Number("embedding_length", text.HiddenSize);
        Number("block_count", text.NumHiddenLayers);
        Number("attention.head_count", text.NumAttentionHeads);
        Number("attention.head_count_kv", text.NumKeyValueHeads);
        Number("attention.key_length", text.HeadDim);
        Number("attention.value_length", text.HeadDim);
        writer.Add($"{arch}.attention.layer_norm_rms_epsilon", (float)text.RmsNormEps);
        writer.Add($"{arch}.rope.freq_base", (float)text.Rope.Theta);
        Number("rope.dimension_count", text.RotaryDim);
        writer.Add($"{arch}.rope.dimension_sections", (int[])[.. text.Rope.MropeSection, 0]);
        Number("ssm.conv_kernel", text.LinearConvKernelDim);
        Number("ssm.state_size", text.LinearKeyHeadDim);
        Number("ssm.group_count", text.LinearNumKeyHeads);
        Number("ssm.time_step_rank", text.LinearNumValueHeads);
        Number("ssm.inner_size", text.ValueDim);
        Number("full_attention_interval", text.LayerTypes.Index().First(layer => layer.Item == LayerKind.FullAttention).Index + 1);
        Number("feed_forward_length", text.IsMoe ? text.MoeIntermediateSize : text.IntermediateSize);
        if (text.IsMoe)
        {
            Number("expert_count", text.NumExperts);
            Number("expert_used_count", text.NumExpertsPerTok);
            Number("expert_feed_forward_length", text.MoeIntermediateSize);
            Number("expert_shared_feed_forward_length", text.SharedExpertIntermediateSize);
        }

        void Number(string key, int value) => writer.Add($"{arch}.{key}", (uint)value);
    }
}
