using System.Security.Cryptography;
using Platform.Model.Pictures;

namespace Platform.Model.Tests;

public sealed class RandomCheckpointTests
{
    private static readonly RandomCheckpointOptions Tiny = new() { Seed = 1, Vocabulary = BundledVocabulary.Tiny35 };

    public static TheoryData<string, WeightFormat> EveryTinyShapeAndFormat()
    {
        var data = new TheoryData<string, WeightFormat>();
        foreach (var shape in ReleasedShapes.Names.Where(name => name.StartsWith("tiny", StringComparison.Ordinal)))
        {
            foreach (var format in Enum.GetValues<WeightFormat>())
                data.Add(shape, format);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryTinyShapeAndFormat))]
    public void Opens_again_as_the_shape_it_was_made_of(string shape, WeightFormat format)
    {
        using var folder = new TemporaryFolder();
        var config = ReleasedShapes.Get(shape);
        var summary = Write(folder.Path, config, Tiny with { Format = format });

        using var checkpoint = Checkpoint.Open(folder.Path);
        var written = format == WeightFormat.Fp8 ? config with { Quantization = checkpoint.Config.Quantization } : config;
        Assert.Equal(written.ToJson(), checkpoint.Config.ToJson());
        Assert.True(checkpoint.HasMtp);
        Assert.Equal(config.Vision is not null, checkpoint.HasVision);
        Assert.Equal(summary.Parameters, checkpoint.Tensors.Sum(tensor => tensor.ElementCount));
        Assert.Equal(1, summary.WeightFiles);
        Assert.All(checkpoint.Tensors, tensor => Assert.True(Array.TrueForAll(tensor.ToFloats(), float.IsFinite), tensor.Name));
        Assert.Empty(Directory.EnumerateDirectories(Path.GetDirectoryName(folder.Path)!, Path.GetFileName(folder.Path) + "*.partial"));
    }

    [Theory]
    [InlineData(WeightFormat.BF16, "64ea1df4950e4dcf")]
    [InlineData(WeightFormat.F32, "c1d6adbdd93c01ed")]
    [InlineData(WeightFormat.Fp8, "799338ccdcb47c74")]
    public void Writes_the_same_bytes_for_the_same_seed_on_every_machine(WeightFormat format, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ReleasedShapes.Get("tiny-moe-vl"), Tiny with { Format = format });
        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.At("model.safetensors"))).AsSpan(0, 8)));
    }

    [Fact]
    public void Differs_between_seeds()
    {
        using var folder = new TemporaryFolder();
        Write(folder.At("a"), ReleasedShapes.Get("tiny-dense"), Tiny);
        Write(folder.At("b"), ReleasedShapes.Get("tiny-dense"), Tiny with { Seed = 2 });
        using var first = Checkpoint.Open(folder.At("a"));
        using var second = Checkpoint.Open(folder.At("b"));
        Assert.NotEqual(first.ContentId, second.ContentId);
        Assert.NotEqual(first.OutputHead.ToFloats(), second.OutputHead.ToFloats());
    }

    [Fact]
    public void Splits_into_shards_of_the_same_content()
    {
        using var folder = new TemporaryFolder();
        Write(folder.At("one"), ReleasedShapes.Get("tiny-moe"), Tiny);
        var summary = Write(folder.At("many"), ReleasedShapes.Get("tiny-moe"), Tiny with { MaxShardBytes = 1 << 20 });
        Assert.True(summary.WeightFiles > 3);

        using var one = Checkpoint.Open(folder.At("one"));
        using var many = Checkpoint.Open(folder.At("many"));
        Assert.Equal(one.ContentId, many.ContentId);
        foreach (var tensor in one.Tensors)
            Assert.Equal(tensor.ToFloats(), many.Get(tensor.Name).ToFloats());
    }

    [Fact]
    public void Draws_weights_of_the_stated_spread()
    {
        using var folder = new TemporaryFolder();
        var config = ReleasedShapes.Get("tiny-dense");
        Write(folder.At("scaled"), config, Tiny with { Format = WeightFormat.F32 });
        Write(folder.At("reference"), config, Tiny with { Format = WeightFormat.F32, StandardDeviation = 0.02f });
        using var scaled = Checkpoint.Open(folder.At("scaled"));
        using var reference = Checkpoint.Open(folder.At("reference"));

        const string Matrix = "model.layers.0.linear_attn.in_proj_qkv.weight";
        AssertSpread(1 / Math.Sqrt(config.Text.HiddenSize), scaled.Get(Matrix).ToFloats());
        AssertSpread(2 / Math.Sqrt(config.Text.HiddenSize), scaled.OutputHead.ToFloats());
        AssertSpread(0.02, reference.Get(Matrix).ToFloats());
        Assert.All(scaled.Get("model.norm.weight").ToFloats(), value => Assert.Equal(0, value));
        Assert.All(scaled.Get("model.layers.0.linear_attn.norm.weight").ToFloats(), value => Assert.Equal(1, value));
        Assert.All(scaled.Get("model.layers.0.linear_attn.dt_bias").ToFloats(), value => Assert.Equal(1, value));
        Assert.All(scaled.Get("model.layers.0.linear_attn.A_log").ToFloats(), value => Assert.InRange(value, Math.Log(0.01) - 1e-3, Math.Log(16) + 1e-3));
    }

    [Fact]
    public void Stores_fp8_within_half_a_step_of_the_drawn_weights()
    {
        using var folder = new TemporaryFolder();
        Write(folder.At("f32"), ReleasedShapes.Get("tiny-dense"), Tiny with { Format = WeightFormat.F32 });
        Write(folder.At("fp8"), ReleasedShapes.Get("tiny-dense"), Tiny with { Format = WeightFormat.Fp8 });
        using var exact = Checkpoint.Open(folder.At("f32"));
        using var coded = Checkpoint.Open(folder.At("fp8"));

        var quantized = coded.Tensors.Where(tensor => tensor.IsQuantized).ToList();
        Assert.NotEmpty(quantized);
        foreach (var tensor in quantized)
        {
            // Three mantissa bits: half a step is 1/16 of the value; the scale's own rounding and subnormal codes add a little.
            var worst = exact.Get(tensor.Name).ToFloats().Zip(tensor.ToFloats(), (a, b) => Math.Abs(a - b) - Math.Abs(a) * 0.0667).Max();
            Assert.True(worst < 1e-4, $"{tensor.Name}: {worst}");
        }
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAt(cancellation, 0.3);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            RandomCheckpoint.Write(folder.At("target"), ReleasedShapes.Get("tiny-moe"), Tiny, progress, cancellation.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Refuses_a_folder_that_is_not_empty_unless_told_to_replace_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("model-00001-of-00002.safetensors"), "old");
        File.WriteAllText(folder.At("notes.txt"), "mine");
        var config = ReleasedShapes.Get("tiny-dense");
        var refused = Assert.Throws<IOException>(() => Write(folder.Path, config, Tiny));
        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);

        Write(folder.Path, config, Tiny with { Overwrite = true });
        Assert.False(File.Exists(folder.At("model-00001-of-00002.safetensors")));
        Assert.Equal("mine", File.ReadAllText(folder.At("notes.txt")));
        using var checkpoint = Checkpoint.Open(folder.Path);
    }

    [Fact]
    public void Asks_for_exactly_one_tokenizer_choice_that_fits()
    {
        using var folder = new TemporaryFolder();
        var config = ReleasedShapes.Get("tiny-dense");
        Assert.Throws<ArgumentException>(() => Write(folder.At("a"), config, new RandomCheckpointOptions()));
        Assert.Throws<ArgumentException>(() => Write(folder.At("a"), config, Tiny with { WithoutTokenizer = true }));
        Assert.Throws<ArgumentException>(() => Write(folder.At("a"), ReleasedShapes.Get("0.8b"), Tiny));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Copies_the_tokenizer_of_another_folder()
    {
        using var folder = new TemporaryFolder();
        var source = Repository.Golden("end-to-end");
        Write(folder.At("a"), ReleasedShapes.Get("tiny-dense"), new RandomCheckpointOptions { TokenizerDirectory = source });
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, "tokenizer.json")), File.ReadAllBytes(folder.At("a/tokenizer.json")));
    }

    [Fact]
    public void Writes_what_a_model_with_vision_needs_beside_its_weights()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ReleasedShapes.Get("tiny-moe-vl"), Tiny);
        string[] names = ["config.json", "generation_config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json", "video_preprocessor_config.json"];
        Assert.Equal(names, Directory.EnumerateFiles(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal((65_536L, 16_777_216L), (ImageProcessorConfig.Load(folder.Path).MinPixels, ImageProcessorConfig.Load(folder.Path).MaxPixels));
        Assert.Equal((4096L, 25_165_824L), (VideoProcessorConfig.Load(folder.Path).MinPixels, VideoProcessorConfig.Load(folder.Path).MaxPixels));
        Assert.Equal([8002, 8000], GenerationConfig.Load(folder.Path).EosTokenIds);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Golden("end-to-end"), "tokenizer.json")), File.ReadAllBytes(folder.At("tokenizer.json")));
    }

    private static RandomCheckpointSummary Write(string directory, ModelConfig config, RandomCheckpointOptions options) =>
        RandomCheckpoint.Write(directory, config, options, cancellationToken: TestContext.Current.CancellationToken);

    private static void AssertSpread(double expected, float[] values)
    {
        var mean = values.Average(value => (double)value);
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        Assert.InRange(deviation, expected * 0.97, expected * 1.03);
        Assert.InRange(mean, -expected * 0.05, expected * 0.05);
    }

    private sealed class CancelAt(CancellationTokenSource source, double fraction) : IProgress<double>
    {
        public void Report(double value)
        {
            if (value >= fraction)
                source.Cancel();
        }
    }
}
