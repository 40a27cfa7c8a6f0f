using Platform.Cli.Bench;
using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Tests.Bench;

public sealed class RooflineTests
{
    [Fact]
    public void The_bound_is_the_slower_of_memory_and_arithmetic()
    {
        var cost = new StepCost(Bytes: 40, Operations: 1000);
        Assert.Equal((4.0, true), (cost.Seconds(10, 1000), cost.IsBoundByBytes(10, 1000)));
        Assert.Equal((10.0, false), (cost.Seconds(10, 100), cost.IsBoundByBytes(10, 100)));
    }

    [Fact]
    public void The_0_8B_shape_reads_its_weights_once_a_step_and_its_keys_and_states_once_a_sequence()
    {
        var costs = Costs(BenchShapes.Get("a").Text, denseBytes: 1.5e9, kvBytes: 12_288, stateBytes: 19e6);
        Assert.Equal(1.5e9 + 2 * 19e6, costs.Decode(1, 0).Bytes);
        Assert.Equal(1.5e9 + 8 * (2 * 19e6 + 12_288.0 * 4096), costs.Decode(8, 4096).Bytes);
    }

    [Fact]
    public void Decoding_a_token_at_a_context_adds_four_operations_a_head_channel_and_position()
    {
        var costs = Costs(BenchShapes.Get("a").Text, denseBytes: 0, kvBytes: 0, stateBytes: 0);
        // 6 attention layers of 8 query heads with 256 channels; a multiply-add for the scores and one for the values.
        Assert.Equal(4.0 * 6 * 8 * 256 * 1000, costs.Decode(1, 1000).Operations - costs.Decode(1, 0).Operations);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 15.5)]
    [InlineData(100_000, 128)]
    public void A_batch_needs_as_many_experts_as_independent_even_routing_gives(int batch, double expected) =>
        Assert.Equal(expected, Costs(BenchShapes.Get("b").Text, 0, 0, 0).ExpectedExperts(batch), 1e-9);

    [Fact]
    public void A_checkpoint_is_counted_as_it_is_packed()
    {
        var folder = Directory.CreateTempSubdirectory("bench-costs");
        try
        {
            RandomCheckpoint.Write(
                folder.FullName, ReleasedShapes.Get("tiny-moe"), new RandomCheckpointOptions { WithoutTokenizer = true }, null, TestContext.Current.CancellationToken);
            using var checkpoint = Checkpoint.Open(folder.FullName);
            var options = new TextModelOptions();
            var costs = StepCosts.Of(checkpoint, options);
            var text = checkpoint.Config.Text;
            Assert.Equal(3.0 * text.HiddenSize * text.MoeIntermediateSize, costs.ExpertElements);
            Assert.Equal(2 * costs.ExpertElements, costs.ExpertBytes);
            var memory = TextModelMemory.Of(checkpoint, options);
            // All experts and all dense matrices together are the packed model without its draft head and an embedding of its own.
            Assert.InRange(costs.DenseBytes + costs.ExpertLayers * text.NumExperts * costs.ExpertBytes, memory.Weights / 2, memory.Weights);
            Assert.Equal((double)memory.Slot, costs.StateBytes);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static StepCosts Costs(TextConfig shape, double denseBytes, double kvBytes, double stateBytes) => new()
    {
        DenseBytes = denseBytes,
        DenseElements = 0,
        HeadElements = 0,
        ExpertBytes = 0,
        ExpertElements = 0,
        ExpertLayers = shape.IsMoe ? shape.NumHiddenLayers : 0,
        Shape = shape,
        KvBytesPerToken = kvBytes,
        StateBytes = stateBytes,
    };
}
