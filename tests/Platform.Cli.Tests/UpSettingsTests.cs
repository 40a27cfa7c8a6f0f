using System.CommandLine;
using Platform.Cli.Up;

namespace Platform.Cli.Tests;

public sealed class UpSettingsTests
{
    [Fact]
    public void An_option_beats_its_variable_and_a_variable_its_default()
    {
        using var port = new Variable("PLATFORM_PORT", "9001");
        using var open = new Variable("PLATFORM_OPEN", "1");
        Assert.Equal((9001, true), (Read("").Port, Read("").Open));
        Assert.Equal(9002, Read("--port 9002").Port);
    }

    [Fact]
    public void Defaults_serve_on_8000_with_a_key()
    {
        var settings = Read("");
        Assert.Equal((8000, false, "f32", (string?)null), (settings.Port, settings.Open, settings.Compute, settings.Model));
    }

    [Theory]
    [InlineData("--port 70000", "from 0 to 65535")]
    [InlineData("--threads 0", "from 1 to 64")]
    [InlineData("--port x", "x")]
    [InlineData("--compute int8", "int8")]
    public void A_value_out_of_range_is_refused_with_the_range(string arguments, string said) =>
        Assert.Contains(said, string.Join(' ', Parse(arguments).Errors.Select(error => error.Message)), StringComparison.Ordinal);

    [Fact]
    public void A_variable_that_is_no_number_is_refused_by_name()
    {
        using var threads = new Variable("PLATFORM_THREADS", "many");
        Assert.Contains(Parse("").Errors, error => error.Message.Contains("PLATFORM_THREADS is 'many'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PLATFORM_COMPUTE", "int3", "f32 or bf16")]
    [InlineData("PLATFORM_OPEN", "perhaps", "1 or 0")]
    public void A_variable_is_held_to_the_words_of_its_option(string variable, string value, string said)
    {
        using var set = new Variable(variable, value);
        Assert.Contains(Parse("").Errors, error => error.Message.Contains($"{variable} is '{value}'; it must be {said}", StringComparison.Ordinal));
    }

    private static ParseResult Parse(string arguments)
    {
        var command = new Command("up");
        UpSettings.Declare(command);
        return command.Parse(arguments);
    }

    private static UpSettings Read(string arguments)
    {
        var command = new Command("up");
        var read = UpSettings.Declare(command);
        var result = command.Parse(arguments);
        Assert.Empty(result.Errors);
        return read(result);
    }

    /// <summary>Sets an environment variable until the test ends; the tests of this class run one after the other.</summary>
    private sealed class Variable : IDisposable
    {
        private readonly string _name;
        private readonly string? _before;

        public Variable(string name, string value)
        {
            _name = name;
            _before = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
    }
}
