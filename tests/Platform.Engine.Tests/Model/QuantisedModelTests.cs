using Platform.Model;

namespace Platform.Engine.Tests.Model;

/// <summary>What quantised weights cost in logits, as a share of the float model's spread.</summary>
public sealed class QuantisedModelTests(ITestOutputHelper output)
{
    private const int PromptTokens = 200;

    // Measured: INT8 0.018 (dense) and 0.035 (experts), INT4 0.21 for both. With random weights of the reference's deviation the residual
    // stream carries most, so errors do not multiply from layer to layer.
    [Theory]
    [InlineData("tiny-dense", WeightPacking.Int8, 0.05, 0.9)]
    [InlineData("tiny-moe", WeightPacking.Int8, 0.05, 0.9)]
    [InlineData("tiny-dense", WeightPacking.Int4, 0.25, 0.5)]
    [InlineData("tiny-moe", WeightPacking.Int4, 0.25, 0.5)]
    public void Logits_stay_near_those_of_the_float_model(string shape, WeightPacking weights, double largestError, double leastAgreement)
    {
        var folder = Directory.CreateTempSubdirectory("quantised-");
        try
        {
            var path = Path.Combine(folder.FullName, "checkpoint");
            var random = new RandomCheckpointOptions { WithoutTokenizer = true, StandardDeviation = 0.02f };
            RandomCheckpoint.Write(path, ReleasedShapes.Get(shape), random, cancellationToken: TestContext.Current.CancellationToken);
            var (error, agreement) = Compare(path, new TextModelOptions { Threads = 2, Weights = weights });
            output.WriteLine($"{shape} {weights}: error {error:F4} of the logits' spread, greedy choices agree in {agreement:P1}");
            Assert.InRange(error, 0.0, largestError);
            Assert.InRange(agreement, leastAgreement, 1.0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The goldens' random layers multiply any rounding; bfloat16 compute, whose rounding is a fifth of INT8's, shows how much.
    [Theory]
    [InlineData("tiny-dense")]
    [InlineData("tiny-moe")]
    [InlineData("tiny-moe-fp8")]
    public void On_the_goldens_INT8_is_no_worse_than_its_step_against_that_of_bfloat16(string golden)
    {
        var (rounded, _) = Compare(Repository.Golden(golden), new TextModelOptions { Threads = 2, Format = ComputeFormat.BF16 });
        var (quantised, _) = Compare(Repository.Golden(golden), new TextModelOptions { Threads = 2, Weights = WeightPacking.Int8 });
        output.WriteLine($"{golden}: INT8 {quantised:F4}, bfloat16 {rounded:F4} of the logits' spread");
        Assert.InRange(quantised, 0.0, 5 * rounded);
    }

    [Fact]
    public void Forms_are_told_apart_by_the_numerics_id()
    {
        var ids = Enum.GetValues<WeightPacking>().Select(weights =>
        {
            using var bench = new ModelBench("tiny-dense", new TextModelOptions { Threads = 1, Weights = weights });
            return bench.Model.NumericsId;
        });
        Assert.Equal(3, ids.Distinct().Count());
    }

    private static (double Error, double Agreement) Compare(string checkpoint, TextModelOptions options)
    {
        var prompt = ModelBench.Prompt(PromptTokens, 5);
        var exact = Logits(checkpoint, new TextModelOptions { Threads = 2 }, prompt);
        var other = Logits(checkpoint, options, prompt);
        double difference = 0, size = 0;
        var agreeing = 0;
        for (var row = 0; row < exact.Length; row++)
        {
            var mean = exact[row].Average();
            difference += exact[row].Zip(other[row], (a, b) => (double)(a - b) * (a - b)).Sum();
            size += exact[row].Sum(a => (double)(a - mean) * (a - mean));
            agreeing += exact[row].IndexOf(exact[row].Max()) == other[row].IndexOf(other[row].Max()) ? 1 : 0;
        }

        return (Math.Sqrt(difference / size), (double)agreeing / exact.Length);
    }

    private static List<float>[] Logits(string checkpoint, TextModelOptions options, int[] prompt)
    {
        using var bench = ModelBench.At(checkpoint, options);
        bench.Run(ModelBench.Segment(ModelBench.Sequence(0), prompt));
        return [.. Enumerable.Range(0, prompt.Length).Select(row => bench.Output.Logits(row).ToArray().ToList())];
    }
}
