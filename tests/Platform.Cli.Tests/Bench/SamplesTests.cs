using Platform.Cli.Bench;

namespace Platform.Cli.Tests.Bench;

public sealed class SamplesTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 5.0, 1.0, 3.0 }, 3, 1, 5)]
    [InlineData(new[] { 4.0, 1.0, 3.0, 10.0 }, 3.5, 1, 10)]
    public void The_median_is_the_middle_value_or_the_mean_of_the_middle_two(double[] values, double median, double least, double most)
    {
        var samples = Samples.Of(values);
        Assert.Equal((median, least, most), (samples.Median, samples.Least, samples.Most));
    }

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    [InlineData(0, 1)]
    public void A_percentile_is_the_value_that_so_many_do_not_exceed(double part, double expected) =>
        Assert.Equal(expected, Samples.Of(Enumerable.Range(1, 100).Select(value => (double)value)).Percentile(part));

    [Fact]
    public void Values_stay_in_the_order_they_were_taken_so_that_rounds_can_be_paired()
    {
        double[] values = [5, 1, 3];
        Assert.Equal(values, Samples.Of(values).Values);
    }

    [Theory]
    [InlineData(0.0384, "0.038")]
    [InlineData(3.8412, "3.84")]
    [InlineData(38.41, "38.4")]
    [InlineData(384.1, "384")]
    [InlineData(38412, "38,412")]
    [InlineData(0, "0")]
    public void Numbers_have_three_figures(double value, string text) => Assert.Equal(text, NumberText.Of(value));
}
