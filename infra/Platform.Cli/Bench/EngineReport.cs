using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Spectre.Console;

namespace Platform.Cli.Bench;

/// <summary>The table of the engine's own numbers.</summary>
internal static class EngineReport
{
    /// <summary>Loads a checkpoint, measures, and writes the table.</summary>
    public static Task WriteAsync(string folder, BenchPlan plan, CancellationToken cancellationToken) =>
        AnsiConsole.Status().StartAsync("Loading", async status =>
        {
            await using var bench = EngineBench.Load(folder, plan, null, cancellationToken);
            var resident = Process.GetCurrentProcess().WorkingSet64;
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Path.GetFileName(folder)), Caption = new TableTitle(Caption(bench, plan)) };
            table.AddColumn("measured").AddColumn(new TableColumn("median (range)").RightAligned()).AddColumn("unit");
            table.AddRow("load", bench.LoadTime.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), "s");
            table.AddRow("resident memory", (resident / 1048576.0).ToString("N0", CultureInfo.InvariantCulture), "MiB");
            await AddPromptsAsync(table, bench, plan, status, cancellationToken);
            await AddBatchesAsync(table, bench, plan, status, cancellationToken);
            AnsiConsole.Write(table);
        });

    private static async Task AddPromptsAsync(Table table, EngineBench bench, BenchPlan plan, StatusContext status, CancellationToken cancellationToken)
    {
        await bench.TimeToFirstTokenAsync(64, cancellationToken);
        foreach (var prompt in plan.Prompts)
        {
            status.Status($"Time to first token, {prompt} tokens");
            var seconds = await RepeatAsync(plan.Rounds, () => bench.TimeToFirstTokenAsync(prompt, cancellationToken));
            table.AddRow($"first token after {prompt}", seconds.Text("0.00"), $"s  [grey]({(prompt / seconds.Median).ToString("0", CultureInfo.InvariantCulture)} tok/s)[/]");
        }
    }

    private static async Task AddBatchesAsync(Table table, EngineBench bench, BenchPlan plan, StatusContext status, CancellationToken cancellationToken)
    {
        foreach (var batch in plan.Batches)
        {
            status.Status($"Decode, batch {batch}");
            var rate = await RepeatAsync(plan.Rounds, () => bench.DecodeRateAsync(batch, plan.Tokens, cancellationToken));
            table.AddRow($"decode, batch {batch}", rate.Text("0.0"), "tok/s");
        }
    }

    private static async Task<Samples> RepeatAsync(int rounds, Func<Task<double>> measure)
    {
        var samples = new Samples();
        for (var round = 0; round < rounds; round++)
            samples.Add(await measure());
        return samples;
    }

    private static string Caption(EngineBench bench, BenchPlan plan)
    {
        var kernels = Vector512.IsHardwareAccelerated ? "512-bit" : Vector256.IsHardwareAccelerated ? "256-bit" : "scalar";
        return $"{plan.Threads} threads, {kernels} kernels, {plan.Format} compute, {bench.NumericsId}, {plan.Rounds} rounds";
    }
}
