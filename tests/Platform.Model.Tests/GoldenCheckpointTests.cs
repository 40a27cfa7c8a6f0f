namespace Platform.Model.Tests;

public sealed class GoldenCheckpointTests
{
    [Theory]
    [InlineData("tiny-dense", Architecture.DenseCausal, false, false)]
    [InlineData("tiny-moe", Architecture.MoeCausal, false, false)]
    [InlineData("tiny-moe-vl", Architecture.MoeConditionalGeneration, true, false)]
    [InlineData("tiny-moe-mtp", Architecture.MoeCausal, false, true)]
    [InlineData("tiny-moe-fp8", Architecture.MoeCausal, false, false)]
    [InlineData("end-to-end", Architecture.MoeConditionalGeneration, true, false)]
    public void Opens_every_golden_checkpoint_and_reads_every_weight(string folder, Architecture architecture, bool vision, bool mtp)
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden(folder));

        Assert.Equal((architecture, vision, mtp), (checkpoint.Config.Architecture, checkpoint.HasVision, checkpoint.HasMtp));
        Assert.All(checkpoint.Tensors, tensor => Assert.True(Array.TrueForAll(tensor.ToFloats(), float.IsFinite), tensor.Name));
        Assert.Equal(checkpoint.Config.Text.VocabSize, checkpoint.OutputHead.Shape[0]);
        Assert.StartsWith("c1-", checkpoint.ContentId, StringComparison.Ordinal);
    }

    [Fact]
    public void Dequantises_block_fp8_weights_as_the_reference_does()
    {
        var folder = Repository.Golden("tiny-moe-fp8");
        using var checkpoint = Checkpoint.Open(folder);
        using var golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        var names = golden.Tensors.Keys.Where(name => name.StartsWith("dequant.", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            var tensor = checkpoint.Get(name["dequant.".Length..] + ".weight");
            Assert.Equal(golden.Tensors[name].Shape, tensor.Shape);
            Assert.True(tensor.IsQuantized);
            Assert.Equal(golden.ReadFloats(name), tensor.ToFloats());
        }
    }
}
