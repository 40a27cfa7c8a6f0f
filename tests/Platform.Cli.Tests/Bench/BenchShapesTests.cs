using Platform.Cli.Bench;
using Platform.Model;

namespace Platform.Cli.Tests.Bench;

public sealed class BenchShapesTests
{
    public static TheoryData<string> Names => [.. BenchShapes.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_shape_is_a_valid_config(string name) => BenchShapes.Get(name).Check();

    [Fact]
    public void The_hybrid_and_the_full_attention_shape_differ_in_cache_bytes_by_as_much_as_the_large_models_do()
    {
        var (hybrid, full) = (BenchShapes.Get("b").Text, BenchShapes.Get("c").Text);
        Assert.Equal(6.33, Cached(full) / Cached(hybrid), 0.01);

        static double Cached(TextConfig text) =>
            2.0 * text.LayerTypes.Count(kind => kind == LayerKind.FullAttention) * text.NumKeyValueHeads * text.HeadDim;
    }

    [Fact]
    public void An_unknown_shape_is_refused_with_the_known_ones() =>
        Assert.Contains("known are a, b, c", Assert.Throws<ArgumentException>(() => BenchShapes.Get("d")).Message, StringComparison.Ordinal);
}
