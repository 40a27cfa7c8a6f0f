using Platform.Cli.Commands;

namespace Platform.Cli.Tests.Bench;

public sealed class BenchCommandTests
{
    [Theory]
    [InlineData("--threads", "0", "--threads must be 1 or more.")]
    [InlineData("--batches", "0", "--batches must be 1 or more.")]
    [InlineData("--contexts", "-1", "--contexts must be 0 or more.")]
    [InlineData("--only", "nothing", "nothing")]
    [InlineData("--kv", "f64", "f64")]
    [InlineData("--weights", "int3", "int3")]
    public void A_value_out_of_range_is_refused(string option, string value, string said) =>
        Assert.Contains(BenchCommand.Create().Parse([option, value]).Errors, error => error.Message.Contains(said, StringComparison.Ordinal));

    [Fact]
    public async Task A_tiny_model_is_measured_from_end_to_end_and_leaves_its_reports()
    {
        var folder = Directory.CreateTempSubdirectory("bench-run");
        try
        {
            var (json, html) = (Path.Combine(folder.FullName, "bench.json"), Path.Combine(folder.FullName, "bench.html"));
            string[] arguments =
            [
                "--shape", "tiny-moe", "--data", folder.FullName, "--threads", "1", "--rounds", "1", "--tokens", "4", "--prompts", "64", "--batches", "1", "2",
                "--contexts", "0", "192", "--only", "load", "prefill", "decode", "routing", "--json", json, "--html", html,
            ];
            Assert.Equal(0, await BenchCommand.Create().Parse(arguments).InvokeAsync(null, TestContext.Current.CancellationToken));
            using var report = System.Text.Json.JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
            var names = report.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()).ToList();
            Assert.Contains("batch 2, context 192", names);
            Assert.Contains("64 tokens", names);
            Assert.All(
                report.RootElement.GetProperty("rows").EnumerateArray(),
                row => Assert.True(row.GetProperty("value").GetProperty("median").GetDouble() > 0, row.ToString()));
            System.Xml.Linq.XDocument.Parse(await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_unknown_shape_ends_with_an_error_code_and_not_with_a_stack_trace() =>
        Assert.Equal(1, await BenchCommand.Create().Parse(["--shape", "no-such-shape"]).InvokeAsync(null, TestContext.Current.CancellationToken));
}
