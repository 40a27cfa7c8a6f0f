using System.Globalization;
using Platform.Cli.Embedded;
using Platform.Cli.Up;
using Spectre.Console;

namespace Platform.Cli.Bench;

/// <summary>The table of what serving adds to the engine.</summary>
internal static class OverheadReport
{
    private const int LeastRounds = 5;

    /// <summary>Serves a checkpoint on loopback, measures, and writes the table.</summary>
    public static async Task WriteAsync(string folder, BenchPlan plan, CancellationToken cancellationToken)
    {
        var options = new EmbeddedOptions
        {
            ModelDirectory = folder,
            Model = plan.Model,
            ConfigureLogging = UpLog.Configure,
        };
        await AnsiConsole.Status().StartAsync("Serving overhead: warming up", async status =>
        {
            await using var platform = await EmbeddedPlatform.StartAsync(options, null, cancellationToken);
            using var http = new HttpClient { BaseAddress = platform.Address };
            var measured = new ServingOverhead(platform.Engine, http, options.ServedName);
            await measured.WarmAsync(cancellationToken);
            status.Status("Serving overhead: measuring");
            var rounds = Math.Max(plan.Rounds, LeastRounds);
            for (var round = 0; round < rounds; round++)
                await measured.RoundAsync(cancellationToken);
            AnsiConsole.Write(TableOf(measured, rounds));
        });
    }

    private static Table TableOf(ServingOverhead measured, int rounds)
    {
        var table = new Table
        {
            Border = TableBorder.Rounded,
            Title = new TableTitle("what serving adds"),
            Caption = new TableTitle(
                $"One engine, both ways in turns, one request at a time: {rounds} rounds of {ServingOverhead.RequestsPerRound} requests of " +
                $"{ServingOverhead.PromptTokens} + {ServingOverhead.ShortTokens} and {ServingOverhead.PromptTokens} + {ServingOverhead.LongTokens} tokens, " +
                $"after {measured.Warmed} of each way in which the runtime compiled. CPU is the whole process's, the HTTP client's included."),
        };
        table.AddColumn("").AddColumn(new TableColumn("engine directly").RightAligned());
        table.AddColumn(new TableColumn("over HTTP").RightAligned()).AddColumn(new TableColumn("added").RightAligned());
        AddRow(table, "first token, ms", measured.Direct.FirstToken, measured.Served.FirstToken, "0.00", 1e3);
        AddRow(table, "CPU of one more token, µs", measured.Direct.CpuPerToken, measured.Served.CpuPerToken, "0", 1e6);
        AddRow(table, "CPU of a request, ms", measured.Direct.CpuPerRequest, measured.Served.CpuPerRequest, "0.00", 1e3);
        AddRow(table, $"CPU a token of {ServingOverhead.LongTokens}, µs", measured.Direct.CpuPerTokenOfLong, measured.Served.CpuPerTokenOfLong, "0", 1e6);
        return table;
    }

    private static void AddRow(Table table, string name, Samples direct, Samples served, string format, double scale) => table.AddRow(
        name,
        direct.Text(format, scale),
        served.Text(format, scale),
        ((served.Median - direct.Median) * scale).ToString(format, CultureInfo.InvariantCulture));
}
