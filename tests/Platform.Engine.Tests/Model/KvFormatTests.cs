namespace Platform.Engine.Tests.Model;

public sealed class KvFormatTests
{
    private const int PromptLength = 200;

    // Root mean square of the logits' errors over that of the logits. The bounds leave room for a router that falls to its other side.
    [Theory]
    [InlineData("tiny-dense", KvFormat.BF16, 0.01)]
    [InlineData("tiny-dense", KvFormat.Int8, 0.02)]
    [InlineData("tiny-moe", KvFormat.BF16, 0.01)]
    [InlineData("tiny-moe", KvFormat.Int8, 0.02)]
    public void A_narrow_cache_stays_near_float32(string golden, KvFormat format, double bound)
    {
        var prompt = ModelBench.Prompt(PromptLength, 11);
        using var exact = new ModelBench(golden, new TextModelOptions { Threads = 2 });
        using var narrow = new ModelBench(golden, new TextModelOptions { Threads = 2, Kv = format });
        var expected = exact.Feed(ModelBench.Sequence(0), prompt);
        var found = narrow.Feed(ModelBench.Sequence(0), prompt);
        double errors = 0, squares = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var logit = BitConverter.Int32BitsToSingle(expected[i]);
            squares += (double)logit * logit;
            errors += Math.Pow(logit - BitConverter.Int32BitsToSingle(found[i]), 2);
        }

        Assert.InRange(Math.Sqrt(errors / squares), 1e-6, bound);
    }

    [Theory]
    [InlineData(KvFormat.F32)]
    [InlineData(KvFormat.BF16)]
    [InlineData(KvFormat.Int8)]
    public void The_fast_and_the_plain_kernels_agree_in_every_bit(KvFormat format)
    {
        var prompt = ModelBench.Prompt(90, 12);
        using var fast = new ModelBench("tiny-moe", new TextModelOptions { Threads = 3, Kv = format });
        using var plain = new ModelBench("tiny-moe", new TextModelOptions { Threads = 1, Kv = format, Kernels = KernelTier.Reference });
        Assert.Equal(plain.Feed(ModelBench.Sequence(0), prompt), fast.Feed(ModelBench.Sequence(0), prompt));
        Assert.Equal(plain.Model.NumericsId, fast.Model.NumericsId);
    }

    [Fact]
    public void The_numerics_id_names_a_cache_that_is_not_the_usual_one()
    {
        Assert.Equal(IdOf(ComputeFormat.F32, KvFormat.Auto), IdOf(ComputeFormat.F32, KvFormat.F32));
        Assert.Equal(IdOf(ComputeFormat.BF16, KvFormat.Auto), IdOf(ComputeFormat.BF16, KvFormat.BF16));
        Assert.Equal(
            5,
            new[]
            {
                IdOf(ComputeFormat.F32, KvFormat.Auto), IdOf(ComputeFormat.BF16, KvFormat.Auto), IdOf(ComputeFormat.F32, KvFormat.BF16),
                IdOf(ComputeFormat.F32, KvFormat.Int8), IdOf(ComputeFormat.BF16, KvFormat.Int8),
            }.Distinct().Count());
        Assert.Contains("-kvint8-", IdOf(ComputeFormat.BF16, KvFormat.Int8), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KvFormat.F32, 4, 0)]
    [InlineData(KvFormat.BF16, 2, 0)]
    [InlineData(KvFormat.Int8, 1, 8)]
    public void A_page_takes_what_its_format_says(KvFormat format, int elementBytes, int scaleBytes)
    {
        using var checkpoint = Platform.Model.Checkpoint.Open(Repository.Golden("tiny-dense"));
        var config = checkpoint.Config.Text;
        var layout = TextModelMemory.KvLayoutOf(checkpoint, new TextModelOptions { Kv = format });
        Assert.Equal(64L * layout.Layers * config.NumKeyValueHeads * (2 * config.HeadDim * elementBytes + scaleBytes), layout.PageBytes);
        Assert.Equal(2 * config.HeadDim * elementBytes + scaleBytes, layout.PositionBytes);
    }

    private static string IdOf(ComputeFormat format, KvFormat kv)
    {
        using var checkpoint = Platform.Model.Checkpoint.Open(Repository.Golden("tiny-dense"));
        return NumericsId.Of(checkpoint, new TextModelOptions { Format = format, Kv = kv });
    }
}
