using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Platform.Model.Tests;

public sealed class CheckpointTests
{
    private const string Down = "model.language_model.layers.0.mlp.experts.down_proj";
    private const string GateUp = "model.language_model.layers.0.mlp.experts.gate_up_proj";

    [Fact]
    public void Names_a_missing_tensor_and_its_shape()
    {
        var mini = MiniCheckpoint.Create();
        mini.Tensors.Remove(mini.Name("layers.0.linear_attn.A_log"));
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.Missing, "model.layers.0.linear_attn.A_log", "[2]"), (problem.Kind, problem.Subject, problem.Needed));
    }

    [Fact]
    public void Names_an_extra_tensor()
    {
        var mini = MiniCheckpoint.Create();
        mini.Tensors["model.language_model.layers.0.rotary.inv_freq"] = mini.Tensors[mini.Name("A_log")];
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.Extra, "model.layers.0.rotary.inv_freq"), (problem.Kind, problem.Subject));
    }

    [Fact]
    public void Names_a_misshapen_tensor_with_both_shapes()
    {
        var mini = MiniCheckpoint.Create();
        var name = mini.Name("layers.1.self_attn.k_proj.weight");
        mini.Tensors[name] = mini.Tensors[name].Reshaped(16, 8);
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.Shape, "model.layers.1.self_attn.k_proj.weight", "shape [16, 8]", "[8, 16]"), (problem.Kind, problem.Subject, problem.Found, problem.Needed));
    }

    [Fact]
    public void Reports_several_problems_at_once_and_bounds_the_list()
    {
        var mini = MiniCheckpoint.Create();
        const string Missing = "model.language_model.norm.weight";
        mini.Tensors.Remove(Missing);
        for (var i = 0; i < 300; i++)
            mini.Tensors[$"unknown.{i}"] = new(TensorType.U8, [1], [0]);

        var problems = mini.Problems();
        Assert.Equal(100, problems.Count);
        Assert.Contains(problems, problem => problem is { Kind: CheckpointProblemKind.Missing, Subject: "model.norm.weight" });
        Assert.Contains(problems, problem => problem is { Kind: CheckpointProblemKind.Extra, Subject: "unknown.0" });
        Assert.Contains("and 76 more", new CheckpointException(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_weight_stored_as_integers()
    {
        var mini = MiniCheckpoint.Create();
        var name = mini.Name("language_model.layers.0.mlp.gate.weight");
        mini.Tensors[name] = new(TensorType.I8, mini.Tensors[name].Shape, new byte[48]);
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.Type, "model.layers.0.mlp.gate.weight", "I8"), (problem.Kind, problem.Subject, problem.Found));
    }

    [Fact]
    public void Names_the_tensors_a_truncated_file_cuts()
    {
        using var folder = new TemporaryFolder();
        MiniCheckpoint.Create().Save(folder.Path);
        using (var stream = new FileStream(folder.At("model.safetensors"), FileMode.Open))
            stream.SetLength(stream.Length - 1);
        var problems = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Problems;
        var problem = Assert.Single(problems);
        Assert.Equal((CheckpointProblemKind.Bytes, "mtp.pre_fc_norm_hidden.weight"), (problem.Kind, problem.Subject));
        Assert.Contains("truncated", problem.Needed, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_an_fp8_weight_without_scales()
    {
        var mini = MiniCheckpoint.Create(WeightFormat.Fp8);
        mini.Tensors.Remove(mini.Name("layers.0.linear_attn.out_proj.weight_scale_inv"));
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.MissingScale, "model.layers.0.linear_attn.out_proj.weight"), (problem.Kind, problem.Subject));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void Names_a_scale_that_is_no_scale(float value)
    {
        var mini = MiniCheckpoint.Create(WeightFormat.Fp8);
        var name = mini.Name("layers.1.mlp.experts.2.up_proj.weight_scale_inv");
        mini.Tensors[name] = new(TensorType.F32, [1, 1], BitConverter.GetBytes(value));
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.Scale, "model.layers.1.mlp.experts.2.up_proj.weight_scale_inv"), (problem.Kind, problem.Subject));
    }

    [Fact]
    public void Names_scales_of_another_shape_or_beside_a_plain_weight()
    {
        var mini = MiniCheckpoint.Create(WeightFormat.Fp8);
        mini.Tensors[mini.Name("layers.0.linear_attn.out_proj.weight_scale_inv")] = new(TensorType.F32, [1, 2], new byte[8]);
        mini.Tensors["lm_head.weight_scale_inv"] = new(TensorType.F32, [1, 1], new byte[4]);
        Assert.Equal(
            [(CheckpointProblemKind.Extra, "lm_head.weight_scale_inv"), (CheckpointProblemKind.Shape, "model.layers.0.linear_attn.out_proj.weight_scale_inv")],
            mini.Problems().Select(problem => (problem.Kind, problem.Subject)));
    }

    [Fact]
    public void Needs_the_block_size_of_fp8_weights()
    {
        var mini = MiniCheckpoint.Create(WeightFormat.Fp8);
        mini.Config.Remove("quantization_config");
        Assert.Contains(mini.Problems(), problem => problem.Kind == CheckpointProblemKind.Type && problem.Needed.Contains("quantization_config", StringComparison.Ordinal));
    }

    [Fact]
    public void Finds_an_fp8_code_that_is_no_number_when_it_is_read()
    {
        var mini = MiniCheckpoint.Create(WeightFormat.Fp8);
        var name = mini.Name("layers.1.self_attn.q_proj.weight");
        mini.Tensors[name].Bytes[37] = 0xFF;
        using var folder = new TemporaryFolder();
        using var checkpoint = mini.Open(folder);
        var tensor = checkpoint.Get("model.layers.1.self_attn.q_proj.weight");
        tensor.ReadFloats(0, new float[37]);
        var problem = Assert.Throws<CheckpointException>(() => tensor.ToFloats()).Problems[0];
        Assert.Equal((CheckpointProblemKind.Value, tensor.Name), (problem.Kind, problem.Subject));
    }

    [Fact]
    public void Gives_the_same_experts_fused_or_one_by_one()
    {
        var mini = MiniCheckpoint.Create();
        using var folder = new TemporaryFolder();
        using var fused = mini.Open(folder);
        Unfuse(mini);
        using var single = mini.Open(folder);

        for (var expert = 0; expert < 3; expert++)
        {
            foreach (var part in Enum.GetValues<ExpertPart>())
            {
                var (a, b) = (fused.Expert("model.layers.0.mlp", expert, part), single.Expert("model.layers.0.mlp", expert, part));
                Assert.Equal(part == ExpertPart.Down ? [16, 5] : [5L, 16], a.Shape);
                Assert.Equal(a.Shape, b.Shape);
                Assert.Equal(a.ToFloats(), b.ToFloats());
                var (rawA, rawB) = (new ushort[11], new ushort[11]);
                a.ReadRaw(7, rawA);
                b.ReadRaw(7, rawB);
                Assert.Equal(rawA, rawB);
            }
        }

        Assert.Equal([5L, 16], fused.Expert("mtp.layers.0.mlp", 2, ExpertPart.Up).Shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => fused.Expert("model.layers.0.mlp", 3, ExpertPart.Up));
        Assert.Throws<ArgumentOutOfRangeException>(() => fused.Expert("model.layers.0.mlp", 0, ExpertPart.Up).ReadFloats(1, new float[80]));
    }

    [Fact]
    public void Names_experts_that_are_absent_partly_there_or_there_twice()
    {
        var absent = MiniCheckpoint.Create();
        absent.Tensors.Remove(Down);
        Assert.Equal("model.layers.0.mlp.experts.down_proj", Assert.Single(absent.Problems()).Subject);

        var partly = MiniCheckpoint.Create();
        Unfuse(partly);
        partly.Tensors.Remove("model.language_model.layers.0.mlp.experts.1.down_proj.weight");
        Assert.Equal((CheckpointProblemKind.Missing, "model.layers.0.mlp.experts.1.down_proj.weight"), partly.Problems().Select(problem => (problem.Kind, problem.Subject)).Single());

        var twice = MiniCheckpoint.Create();
        twice.Tensors["model.language_model.layers.0.mlp.experts.1.down_proj.weight"] = new(TensorType.BF16, [16, 5], new byte[160]);
        Assert.Equal((CheckpointProblemKind.Extra, "model.layers.0.mlp.experts.1.down_proj.weight"), twice.Problems().Select(problem => (problem.Kind, problem.Subject)).Single());
    }

    [Fact]
    public void Opens_a_model_with_vision_for_text_alone()
    {
        using var folder = new TemporaryFolder();
        var mini = MiniCheckpoint.Create();
        using (var checkpoint = mini.Open(folder, new CheckpointOptions { TextOnly = true }))
        {
            Assert.False(checkpoint.HasVision);
            Assert.Equal((Architecture.MoeCausal, null), (checkpoint.Config.Architecture, checkpoint.Config.Vision));
            checkpoint.Config.Check();
            Assert.DoesNotContain(checkpoint.Tensors, tensor => tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal));
            Assert.Equal(2, checkpoint.Config.ImageTokenId);
        }

        foreach (var name in mini.Tensors.Keys.Where(name => name.StartsWith("model.visual.", StringComparison.Ordinal)).ToList())
            mini.Tensors.Remove(name);
        using var stripped = mini.Open(folder, new CheckpointOptions { TextOnly = true });
        Assert.All(mini.Problems(), problem => Assert.Contains("text-only", problem.Cure, StringComparison.Ordinal));
    }

    [Fact]
    public void Takes_a_checkpoint_without_any_of_its_draft_head_but_not_half_of_it()
    {
        using var folder = new TemporaryFolder();
        var mini = MiniCheckpoint.Create();
        mini.Tensors.Remove("mtp.fc.weight");
        Assert.Equal((CheckpointProblemKind.Missing, "mtp.fc.weight"), mini.Problems().Select(problem => (problem.Kind, problem.Subject)).Single());
        using (var without = mini.Open(folder, new CheckpointOptions { WithoutMtp = true }))
            Assert.False(without.HasMtp);

        foreach (var name in mini.Tensors.Keys.Where(name => name.StartsWith("mtp.", StringComparison.Ordinal)).ToList())
            mini.Tensors.Remove(name);
        using var headless = mini.Open(folder);
        Assert.False(headless.HasMtp);
    }

    [Fact]
    public void Refuses_a_draft_head_the_config_does_not_announce()
    {
        var mini = MiniCheckpoint.Create();
        mini.Config["text_config"]!["mtp_num_hidden_layers"] = 0;
        Assert.All(mini.Problems(), problem => Assert.Contains("mtp_num_hidden_layers", problem.Cure, StringComparison.Ordinal));
    }

    [Fact]
    public void Uses_the_embedding_as_head_when_tied_and_refuses_a_second_head()
    {
        var mini = MiniCheckpoint.Create();
        mini.Config["tie_word_embeddings"] = true;
        Assert.Equal((CheckpointProblemKind.Extra, "lm_head.weight"), mini.Problems().Select(problem => (problem.Kind, problem.Subject)).Single());
        mini.Tensors.Remove("lm_head.weight");
        using var folder = new TemporaryFolder();
        using var checkpoint = mini.Open(folder);
        Assert.Same(checkpoint.Get("model.embed_tokens.weight"), checkpoint.OutputHead);
    }

    [Fact]
    public void Refuses_one_tensor_under_both_prefixes()
    {
        var mini = MiniCheckpoint.Create();
        mini.Tensors["model.norm.weight"] = mini.Tensors["model.language_model.norm.weight"];
        var problem = Assert.Single(mini.Problems());
        Assert.Equal((CheckpointProblemKind.Duplicate, "model.norm.weight"), (problem.Kind, problem.Subject));
    }

    [Fact]
    public void Needs_attention_biases_when_the_config_says_so()
    {
        var shape = MiniCheckpoint.Shape with { Text = MiniCheckpoint.Shape.Text with { AttentionBias = true } };
        using var folder = new TemporaryFolder();
        using var checkpoint = MiniCheckpoint.Create(shape: shape).Open(folder);
        Assert.Equal([32L], checkpoint.Get("model.layers.1.self_attn.q_proj.bias").Shape);
        Assert.Equal([16L], checkpoint.Get("mtp.layers.0.self_attn.o_proj.bias").Shape);
    }

    [Fact]
    public void Widens_f16_weights()
    {
        var mini = MiniCheckpoint.Create();
        var name = mini.Name("model.language_model.norm.weight");
        Half[] values = [.. Enumerable.Range(0, 16).Select(i => (Half)(i - 7.5))];
        mini.Tensors[name] = new(TensorType.F16, [16], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        using var folder = new TemporaryFolder();
        using var checkpoint = mini.Open(folder);
        var tensor = checkpoint.Get("model.norm.weight");
        Assert.Equal(values.Select(value => (float)value), tensor.ToFloats());
        Assert.Equal(CheckpointProblemKind.Type, Assert.Throws<CheckpointException>(() => tensor.ReadRaw(0, new ushort[1])).Problems[0].Kind);
    }

    [Fact]
    public void Reads_any_stretch_of_an_fp8_weight_across_block_borders()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-fp8"));
        var tensor = checkpoint.Get("model.layers.0.linear_attn.in_proj_qkv.weight");
        var whole = tensor.ToFloats();
        foreach (var (first, count) in new[] { (0, 1), (127, 2), (159, 3), (160 * 127 + 120, 60), (287 * 160, 160), (12_345, 20_001) })
        {
            var part = new float[count];
            tensor.ReadFloats(first, part);
            Assert.Equal(whole.AsSpan(first, count).ToArray(), part);
        }
    }

    [Fact]
    public void Reads_the_same_from_many_threads()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe"));
        var expected = checkpoint.OutputHead.ToFloats();
        Parallel.For(0, 64, i =>
        {
            var part = new float[100];
            checkpoint.OutputHead.ReadFloats(i * 100, part);
            Assert.Equal(expected.AsSpan(i * 100, 100).ToArray(), part);
        });
    }

    [Fact]
    public void Names_its_content_the_same_everywhere_and_otherwise_after_a_change()
    {
        using var golden = Checkpoint.Open(Repository.Golden("tiny-dense"));
        Assert.Equal("c1-933bd08ae68280da", golden.ContentId);

        using var folder = new TemporaryFolder();
        var mini = MiniCheckpoint.Create();
        using var before = mini.Open(folder);
        mini.Tensors["lm_head.weight"].Bytes[3] ^= 1;
        using var weights = mini.Open(folder);
        mini.Config["text_config"]!["rms_norm_eps"] = 1e-5;
        using var config = mini.Open(folder);
        Assert.Equal(3, new[] { before.ContentId, weights.ContentId, config.ContentId }.Distinct().Count());
    }

    [Fact]
    public void Reads_shards_and_refuses_an_index_that_lies()
    {
        using var folder = new TemporaryFolder();
        var mini = MiniCheckpoint.Create();
        File.WriteAllText(folder.At("config.json"), mini.Config.ToJsonString());
        MiniCheckpoint.WriteFile(folder.At("model-00001-of-00002.safetensors"), mini.Tensors.Take(20));
        MiniCheckpoint.WriteFile(folder.At("model-00002-of-00002.safetensors"), mini.Tensors.Skip(20));
        var map = new JsonObject();
        foreach (var (name, i) in mini.Tensors.Keys.Select((name, i) => (name, i)))
            map[name] = i < 20 ? "model-00001-of-00002.safetensors" : "model-00002-of-00002.safetensors";

        Index(map);
        using (var sharded = Checkpoint.Open(folder.Path))
        using (var single = mini.Open(folder))
            Assert.Equal(single.ContentId, sharded.ContentId);

        map["lm_head.weight"] = "model-00002-of-00002.safetensors";
        Index(map);
        Assert.Equal(
            [(CheckpointProblemKind.Missing, "lm_head.weight"), (CheckpointProblemKind.Extra, "lm_head.weight")],
            Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Problems.Select(problem => (problem.Kind, problem.Subject)));

        foreach (var name in new[] { "../other.safetensors", "/etc/passwd", "..", "", "a\\b" })
        {
            map["lm_head.weight"] = name;
            Index(map);
            Assert.Equal(CheckpointProblemKind.File, Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Problems[0].Kind);
        }

        void Index(JsonObject weights) =>
            File.WriteAllText(folder.At("model.safetensors.index.json"), new JsonObject { ["weight_map"] = weights.DeepClone() }.ToJsonString());
    }

    [Fact]
    public void Says_which_file_a_folder_lacks()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("config.json", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Problems[0].Subject);
        File.WriteAllText(folder.At("config.json"), MiniCheckpoint.Create().Config.ToJsonString());
        Assert.Equal("model.safetensors", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Problems[0].Subject);
    }

    private static void Unfuse(MiniCheckpoint mini)
    {
        const string Prefix = "model.language_model.layers.0.mlp.experts.";
        const int Matrix = 5 * 16 * 2;
        var (gateUp, down) = (mini.Tensors[GateUp].Bytes, mini.Tensors[Down].Bytes);
        mini.Tensors.Remove(GateUp);
        mini.Tensors.Remove(Down);
        for (var expert = 0; expert < 3; expert++)
        {
            mini.Tensors[$"{Prefix}{expert}.gate_proj.weight"] = new(TensorType.BF16, [5, 16], gateUp.AsSpan(2 * expert * Matrix, Matrix).ToArray());
            mini.Tensors[$"{Prefix}{expert}.up_proj.weight"] = new(TensorType.BF16, [5, 16], gateUp.AsSpan((2 * expert + 1) * Matrix, Matrix).ToArray());
            mini.Tensors[$"{Prefix}{expert}.down_proj.weight"] = new(TensorType.BF16, [16, 5], down.AsSpan(expert * Matrix, Matrix).ToArray());
        }
    }
}
