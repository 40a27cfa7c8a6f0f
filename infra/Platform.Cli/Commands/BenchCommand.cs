using System.CommandLine;
using Platform.Cli.Bench;
using Platform.Cli.Up;
using Platform.Engine;
using Platform.Model;
using Spectre.Console;

namespace Platform.Cli.Commands;

/// <summary><c>platform bench</c>: the engine's numbers on this machine, and what serving adds to them.</summary>
internal static class BenchCommand
{
    private const string Engine = "engine";
    private const string Serving = "serving";

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
        var only = new Option<string?>("--only") { Description = $"{Engine}: without what serving adds; {Serving}: that alone." };
        only.AcceptOnlyFromAmong(Engine, Serving);
        var data = new Option<string>("--data") { Description = "Where random checkpoints are kept.", DefaultValueFactory = _ => UpSettings.DefaultData() };
        var command = new Command("bench", "Load time, memory, time to first token and tokens a second; then what gateway, grains and gRPC add.")
        {
            model, shape, threads, compute, prompts, batches, tokens, rounds, only, data,
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
                var kept = result.GetRequiredValue(data);
                if (result.GetValue(only) != Serving)
                {
                    var folder = result.GetValue(model) ?? Random(kept, result.GetRequiredValue(shape), cancellationToken);
                    await EngineReport.WriteAsync(folder, plan, cancellationToken);
                }

                if (result.GetValue(only) != Engine)
                    await OverheadReport.WriteAsync(DefaultCheckpoint.Ensure(kept, null, cancellationToken), plan, cancellationToken);
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
}
