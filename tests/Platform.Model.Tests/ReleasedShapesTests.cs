namespace Platform.Model.Tests;

public sealed class ReleasedShapesTests
{
    [Theory]
    [InlineData("0.8b", 0.75e9, 1.0e9)]
    [InlineData("2b", 1.8e9, 2.4e9)]
    [InlineData("4b", 4.0e9, 4.7e9)]
    [InlineData("9b", 8.7e9, 9.8e9)]
    [InlineData("27b", 26.8e9, 28.2e9)]
    [InlineData("35b-a3b", 34.5e9, 36.5e9)]
    [InlineData("122b-a10b", 121.5e9, 126e9)]
    [InlineData("397b-a17b", 395e9, 404e9)]
    public void Have_as_many_parameters_as_their_names_say(string name, double least, double most) =>
        Assert.InRange(Plan(name, WeightFormat.BF16).Parameters, least, most);

    [Fact]
    public void Have_the_published_number_of_tensors_in_the_35b_release()
    {
        // The index of the BF16 release lists 1,811: 333 of vision, 693 of text with fused experts, 785 of the draft head.
        var names = Names(Plan("35b-a3b", WeightFormat.BF16));
        Assert.Equal(1811, names.Count);
        Assert.Equal(333, names.Count(name => name.StartsWith("model.visual.", StringComparison.Ordinal)));
        Assert.Equal(785, names.Count(name => name.StartsWith("mtp.", StringComparison.Ordinal)));

        // The FP8 release has 30,720 expert scales, 250 others, and 1,560 tensors of the draft head.
        var fp8 = Names(Plan("35b-a3b", WeightFormat.Fp8));
        var scales = fp8.Where(name => name.EndsWith("_scale_inv", StringComparison.Ordinal) && !name.StartsWith("mtp.", StringComparison.Ordinal)).ToList();
        Assert.Equal((30_720, 250), (scales.Count(name => name.Contains(".experts.", StringComparison.Ordinal)), scales.Count(name => !name.Contains(".experts.", StringComparison.Ordinal))));
        Assert.Equal(1560, fp8.Count(name => name.StartsWith("mtp.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Have_fifteen_tensors_in_the_27b_draft_head() =>
        Assert.Equal(15, Names(Plan("27b", WeightFormat.BF16)).Count(name => name.StartsWith("mtp.", StringComparison.Ordinal)));

    [Fact]
    public void Are_all_valid_and_survive_being_written()
    {
        foreach (var name in ReleasedShapes.Names)
        {
            var config = ReleasedShapes.Get(name);
            config.Check();
            Assert.Equal(config.ToJson(), ModelConfig.Parse(config.ToJson()).ToJson());
            Assert.True(config.Text.MaxPositionEmbeddings >= 65_536);
        }
    }

    [Fact]
    public void Open_at_full_size_without_their_bytes_being_read()
    {
        // Every tensor of a large release in its FP8 layout, sixty thousand with their scales, in sparse shards: real names, shapes and sizes, all bytes zero.
        using var folder = new TemporaryFolder();
        var config = ReleasedShapes.Get("35b-a3b");
        config = config with { Quantization = WeightPlan.QuantizationOf(config) };
        var plan = Plan("35b-a3b", WeightFormat.Fp8);
        File.WriteAllBytes(folder.At("config.json"), config.ToJson());
        plan.WriteIndex(folder.Path);
        foreach (var shard in plan.Shards)
            WriteSparse(folder.At(shard.FileName), [.. shard.Weights.SelectMany(weight => weight.Declarations)]);

        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(plan.Parameters, checkpoint.Tensors.Sum(tensor => tensor.ElementCount));
        Assert.Equal([512L, 2048], checkpoint.Expert("model.layers.39.mlp", 255, ExpertPart.Up).Shape);
        var last = new float[3];
        checkpoint.OutputHead.ReadFloats(checkpoint.OutputHead.ElementCount - 3, last);
        Assert.Equal([0f, 0, 0], last);
    }

    [Theory]
    [InlineData("397b-a17b", 30_720)]
    [InlineData("122b-a10b", 24_576)]
    [InlineData("35b-a3b", 20_480)]
    [InlineData("27b", 65_536)]
    [InlineData("9b", 32_768)]
    [InlineData("4b", 32_768)]
    [InlineData("2b", 12_288)]
    [InlineData("0.8b", 12_288)]
    public void Keep_the_published_bytes_of_cache_per_token(string name, int bytes)
    {
        var text = ReleasedShapes.Get(name).Text;
        Assert.Equal(bytes, text.LayerTypes.Count(kind => kind == LayerKind.FullAttention) * 2 * text.NumKeyValueHeads * text.HeadDim * sizeof(ushort));
    }

    [Fact]
    public void Take_another_number_of_layers_and_another_vocabulary()
    {
        var config = BundledVocabulary.Tiny35.Apply(ReleasedShapes.Get("0.8B").WithLayers(4));
        config.Check();
        Assert.Equal((4, 8192, 8012), (config.Text.NumHiddenLayers, config.Text.VocabSize, config.ImageTokenId));
        Assert.Equal(LayerKind.FullAttention, config.Text.LayerTypes[3]);
        Assert.Contains("tiny-moe", Assert.Throws<ArgumentException>(() => ReleasedShapes.Get("1t")).Message, StringComparison.Ordinal);
    }

    private static void WriteSparse(string path, IReadOnlyList<TensorDeclaration> declarations)
    {
        SafetensorsWriter.Create(path, declarations).Dispose();
        using var stream = new FileStream(path, FileMode.Open);
        try
        {
            stream.SetLength(stream.Length + declarations.Sum(declaration => declaration.ByteLength));
        }
        catch (IOException error)
        {
            Assert.Skip($"This file system makes no sparse files: {error.Message}");
        }
    }

    private static WeightPlan Plan(string name, WeightFormat format)
    {
        var config = ReleasedShapes.Get(name);
        return WeightPlan.Of(config with { Quantization = format == WeightFormat.Fp8 ? WeightPlan.QuantizationOf(config) : null }, new RandomCheckpointOptions { Format = format });
    }

    private static List<string> Names(WeightPlan plan) =>
        [.. plan.Shards.SelectMany(shard => shard.Weights).SelectMany(weight => weight.Declarations).Select(declaration => declaration.Name)];
}
