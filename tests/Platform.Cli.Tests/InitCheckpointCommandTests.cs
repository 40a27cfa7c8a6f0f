using Platform.Cli.Commands;

namespace Platform.Cli.Tests;

public sealed class InitCheckpointCommandTests
{
    [Theory]
    [InlineData("--seed", "-1", "--seed is '-1'; it must be a whole number from 0")]
    [InlineData("--layers", "0", "--layers is '0'; it must be a whole number of at least 1.")]
    [InlineData("--layers", "four", "--layers is 'four'")]
    public void A_number_out_of_range_is_refused_in_the_words_of_its_option(string option, string value, string said)
    {
        var error = Assert.Single(InitCheckpointCommand.Create().Parse(["folder", option, value]).Errors);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_seed_and_a_number_of_layers_are_read()
    {
        var result = InitCheckpointCommand.Create().Parse(["folder", "--seed", "18446744073709551615", "--layers", "4"]);
        Assert.Empty(result.Errors);
        Assert.Equal((ulong.MaxValue, 4), (result.GetValue<ulong>("--seed"), result.GetValue<int?>("--layers")));
    }
}
