using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Platform.Cli.Bench;
using Platform.Cli.Embedded;
using Platform.Cli.Up;
using Platform.Engine;
using Platform.Model;
using Spectre.Console;

namespace Platform.Cli.Commands;

/// <summary><c>platform bench</c>: the engine's numbers on this machine, and what serving adds to them.</summary>
internal static class BenchCommand
{
    private const int OverheadPromptTokens = 32;
    private const int OverheadTokens = 128;
    private const int OverheadRequests = 20;

    public static Command Create()
    {
        var model = new Option<string?>("--model") { Description = "A checkpoint to measure; default: a random one of --shape, written once into the data folder." };
        var shape = new Option<string>("--shape") { Description = $"{string.Join(", ", ReleasedShapes.Names)}.", DefaultValueFactory = _ => "0.8b" };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 64) };
        var compute = new Option<string>("--compute") { Description = "f32 or bf16.", DefaultValueFactory = _ => "f32" };
        compute.AcceptOnlyFromAmong("f32", "bf16");
        var prompts = new Option<int[]>("--prompts") { Description = "Prompt lengths.", DefaultValueFactory = _ => [512, 4096], AllowMultipleArgumentsPerToken = true };
        var batches = new Option<int[]>("--batches") { Description = "Batch sizes.", DefaultValueFactory = _ => [1, 8, 32], AllowMultipleArgumentsPerToken = true };
        var tokens = new Option<int>("--tokens") { Description = "Tokens each sequence generates.", DefaultValueFactory = _ => 32 };
        var rounds = new Option<int>("--rounds") { Description = "Repetitions of each measurement.", DefaultValueFactory = _ => 3 };
        var data = new Option<string>("--data") { Description = "Where random checkpoints are kept.", DefaultValueFactory = _ => UpSettings.DefaultData() };
        var command = new Command("bench", "Load time, memory, time to first token and tokens a second; then what gateway, grains and gRPC add.")
        {
            model, shape, threads, compute, prompts, batches, tokens, rounds, data,
        };
        foreach (var positive in (Option<int>[])[threads, tokens, rounds])
            positive.Validators.Add(result => RequirePositive(result, positive.Name, [result.GetValueOrDefault<int>()]));
        foreach (var positives in (Option<int[]>[])[prompts, batches])
            positives.Validators.Add(result => RequirePositive(result, positives.Name, result.GetValueOrDefault<int[]>() ?? []));
        command.SetAction(async (result, cancellationToken) =>
        {
            var plan = new BenchPlan(
                result.GetValue(threads), result.GetValue(compute) == "bf16" ? ComputeFormat.BF16 : ComputeFormat.F32,
                result.GetRequiredValue(prompts), result.GetRequiredValue(batches), result.GetValue(tokens), result.GetValue(rounds));
            try
            {
                var folder = result.GetValue(model) ?? Random(result.GetRequiredValue(data), result.GetRequiredValue(shape), cancellationToken);
                await MeasureEngineAsync(folder, plan, cancellationToken);
                await MeasureOverheadAsync(DefaultCheckpoint.Ensure(result.GetRequiredValue(data), null, cancellationToken), plan, cancellationToken);
                return 0;
            }
            catch (Exception problem) when (problem is CheckpointException or EngineOptionsException or IOException or ArgumentException)
            {
                Say.Problem(problem.Message);
                return 1;
            }
        });
        return command;
    }

    private static void RequirePositive(System.CommandLine.Parsing.OptionResult result, string name, int[] values)
    {
        if (values.Length == 0 || values.Any(value => value < 1))
            result.AddError($"{name} must be 1 or more.");
    }

    private static string Random(string data, string shape, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(data, "checkpoints", $"{shape}-bench");
        if (File.Exists(Path.Combine(folder, "config.json")))
            return folder;
        AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            var task = context.AddTask($"Writing a random {shape} checkpoint", maxValue: 1);
            RandomCheckpoint.Write(
                folder, ReleasedShapes.Get(shape), new RandomCheckpointOptions { WithoutTokenizer = true }, new Reporter<double>(part => task.Value = part), cancellationToken);
        });
        return folder;
    }

    private static async Task MeasureEngineAsync(string folder, BenchPlan plan, CancellationToken cancellationToken)
    {
        await AnsiConsole.Status().StartAsync("Loading", async status =>
        {
            await using var bench = EngineBench.Load(folder, plan, null, cancellationToken);
            var resident = Process.GetCurrentProcess().WorkingSet64;
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Path.GetFileName(folder)), Caption = new TableTitle(Caption(bench, plan)) };
            table.AddColumn("measured").AddColumn(new TableColumn("median (range)").RightAligned()).AddColumn("unit");
            table.AddRow("load", bench.LoadTime.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), "s");
            table.AddRow("resident memory", (resident / 1048576.0).ToString("N0", CultureInfo.InvariantCulture), "MiB");
            await bench.TimeToFirstTokenAsync(64, cancellationToken);
            foreach (var prompt in plan.Prompts)
            {
                status.Status($"Time to first token, {prompt} tokens");
                var seconds = await RepeatAsync(plan.Rounds, () => bench.TimeToFirstTokenAsync(prompt, cancellationToken));
                table.AddRow($"first token after {prompt}", seconds.Text("0.00"), $"s  [grey]({(prompt / seconds.Median).ToString("0", CultureInfo.InvariantCulture)} tok/s)[/]");
            }

            foreach (var batch in plan.Batches)
            {
                status.Status($"Decode, batch {batch}");
                var rate = await RepeatAsync(plan.Rounds, () => bench.DecodeRateAsync(batch, plan.Tokens, cancellationToken));
                table.AddRow($"decode, batch {batch}", rate.Text("0.0"), "tok/s");
            }

            AnsiConsole.Write(table);
        });
    }

    private static async Task MeasureOverheadAsync(string folder, BenchPlan plan, CancellationToken cancellationToken)
    {
        await AnsiConsole.Status().StartAsync("Serving overhead", async _ =>
        {
            await using var platform = await EmbeddedPlatform.StartAsync(
                new EmbeddedOptions { ModelDirectory = folder, Model = new TextModelOptions { Threads = plan.Threads, Format = plan.Format } }, null, cancellationToken);
            using var http = new HttpClient { BaseAddress = platform.Address };
            var overhead = new ServingOverhead(
                platform.Engine, http, new EmbeddedOptions { ModelDirectory = folder }.ServedName, [.. Enumerable.Range(1, OverheadPromptTokens)]);
            await overhead.RoundAsync(OverheadRequests, OverheadTokens, cancellationToken);
            var warm = new ServingOverhead(
                platform.Engine, http, new EmbeddedOptions { ModelDirectory = folder }.ServedName, [.. Enumerable.Range(1, OverheadPromptTokens)]);
            for (var round = 0; round < Math.Max(plan.Rounds, 3); round++)
                await warm.RoundAsync(OverheadRequests, OverheadTokens, cancellationToken);
            AnsiConsole.Write(OverheadTable(warm));
        });
    }

    private static Table OverheadTable(ServingOverhead measured)
    {
        var table = new Table
        {
            Border = TableBorder.Rounded,
            Title = new TableTitle("what serving adds"),
            Caption = new TableTitle($"same engine, in turns, {OverheadRequests} requests a round of {OverheadPromptTokens} + {OverheadTokens} tokens, one at a time"),
        };
        table.AddColumn("").AddColumn(new TableColumn("engine directly").RightAligned()).AddColumn(new TableColumn("over HTTP").RightAligned()).AddColumn(new TableColumn("added").RightAligned());
        table.AddRow("first token, ms", measured.DirectFirstToken.Text("0.00", 1e3), measured.ServedFirstToken.Text("0.00", 1e3),
            ((measured.ServedFirstToken.Median - measured.DirectFirstToken.Median) * 1e3).ToString("0.00", CultureInfo.InvariantCulture));
        table.AddRow("CPU a token, µs", measured.DirectCpuPerToken.Text("0", 1e6), measured.ServedCpuPerToken.Text("0", 1e6),
            ((measured.ServedCpuPerToken.Median - measured.DirectCpuPerToken.Median) * 1e6).ToString("0", CultureInfo.InvariantCulture));
        return table;
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
