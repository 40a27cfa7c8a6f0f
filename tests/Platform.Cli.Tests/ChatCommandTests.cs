using Platform.Cli.Commands;

namespace Platform.Cli.Tests;

public sealed class ChatCommandTests
{
    [Fact]
    public void An_address_given_as_an_option_is_read()
    {
        var result = ChatCommand.Create().Parse("--url http://127.0.0.1:9000");
        Assert.Empty(result.Errors);
        Assert.Equal(new Uri("http://127.0.0.1:9000"), result.GetValue<Uri>("--url"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("/v1")]
    public void What_is_no_address_of_a_server_is_refused_with_an_example(string address)
    {
        var error = Assert.Single(ChatCommand.Create().Parse(["--url", address]).Errors);
        Assert.Contains($"--url is '{address}'; it must be an address such as http://", error.Message, StringComparison.Ordinal);
    }
}
