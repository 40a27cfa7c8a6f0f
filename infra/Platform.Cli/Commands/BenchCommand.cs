using System.CommandLine;
using System.CommandLine.Parsing;
using Platform.Cli.Bench;
using Platform.Cli.Up;
using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Commands;

/// <summary><c>platform bench</c>: the machine's ceilings, the engine's numbers as shares of them, and what serving adds.</summary>
internal static class BenchCommand
{
    private static readonly Dictionary<string, BenchSections> Sections = new(StringComparer.Ordinal)
    {
        ["engine"] = BenchSections.Engine,
        ["prefill"] = BenchSections.Prefill,
        ["decode"] = BenchSections.Decode,
        ["mixed"] = BenchSections.Mixed,
        ["load"] = BenchSections.Load,
        ["routing"] = BenchSections.Routing,
        ["drafting"] = BenchSections.Drafting,
        ["hybrid"] = BenchSections.Hybrid,
        ["serving"] = BenchSections.Serving,
    };

    public static Command Create()
    {
        var shape = new Option<string>("--shape", "--model")
        {
            Description = $"A shape ({string.Join(", ", BenchShapes.Names)}), of which a random checkpoint is written once, or a checkpoint's folder.",
            DefaultValueFactory = _ => "a",
        };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 64) };
        var compute = new Option<string>("--compute") { Description = "f32 or bf16.", DefaultValueFactory = _ => "f32" };
        compute.AcceptOnlyFromAmong("f32", "bf16");
        var weights = new Option<string>("--weights") { Description = "as-stored; int8 or int4: large matrices quantised at load.", DefaultValueFactory = _ => "as-stored" };
        weights.AcceptOnlyFromAmong(BenchFormats.Weights);
        var kv = new Option<string>("--kv") { Description = "How keys and values are cached: auto (as --compute), f32, bf16 or int8.", DefaultValueFactory = _ => "auto" };
        kv.AcceptOnlyFromAmong(BenchFormats.Kv);
        var prompts = Numbers("--prompts", "Prompt lengths.", [512, 4096]);
        var batches = Numbers("--batches", "Batch sizes of decode.", [1, 8, 32]);
        var contexts = Numbers("--contexts", "Contexts of decode, in tokens; longer ones are filled, not prefilled.", [0, 4096, 32_768]);
        var tokens = new Option<int>("--tokens") { Description = "Tokens each sequence generates at most in a measurement.", DefaultValueFactory = _ => 32 };
        var rounds = new Option<int>("--rounds") { Description = "Repetitions, all measurements in turns.", DefaultValueFactory = _ => 5 };
        var only = new Option<string[]>("--only")
        {
            Description = $"Some parts only: {string.Join(", ", Sections.Keys)}. Without it: engine, which is all but hybrid and serving.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["engine"],
        };
        only.AcceptOnlyFromAmong([.. Sections.Keys]);
        var json = new Option<string?>("--json") { Description = "Also write the results as JSON to this file." };
        var html = new Option<string?>("--html") { Description = "Also write a page with charts to this file." };
        var data = new Option<string>("--data") { Description = "Where random checkpoints are kept.", DefaultValueFactory = _ => UpSettings.DefaultData() };
        var command = new Command("bench", "Measures the machine's ceilings and the engine against them: prefill, decode, long contexts, mixed load, memory.")
        {
            shape, threads, weights, compute, kv, prompts, batches, contexts, tokens, rounds, only, json, html, data,
        };
        foreach (var positive in (Option<int>[])[threads, tokens, rounds])
            positive.Validators.Add(result => RequireAtLeast(1, result, positive.Name, [result.GetValueOrDefault<int>()]));
        prompts.Validators.Add(result => RequireAtLeast(1, result, prompts.Name, result.GetValueOrDefault<int[]>() ?? []));
        batches.Validators.Add(result => RequireAtLeast(1, result, batches.Name, result.GetValueOrDefault<int[]>() ?? []));
        contexts.Validators.Add(result => RequireAtLeast(0, result, contexts.Name, result.GetValueOrDefault<int[]>() ?? []));
        command.SetAction((result, cancellationToken) => RunAsync(
            new BenchRun(
                new BenchPlan
                {
                    Sections = result.GetRequiredValue(only).Aggregate(BenchSections.None, (all, name) => all | Sections[name]),
                    Model = BenchFormats.Options(
                        result.GetValue(threads), result.GetRequiredValue(weights), result.GetRequiredValue(compute), result.GetRequiredValue(kv)),
                    Prompts = result.GetRequiredValue(prompts),
                    Batches = result.GetRequiredValue(batches),
                    Contexts = result.GetRequiredValue(contexts),
                    Tokens = result.GetValue(tokens),
                    Rounds = result.GetValue(rounds),
                },
                result.GetRequiredValue(shape),
                result.GetRequiredValue(data),
                new BenchOutputs(result.GetValue(json), result.GetValue(html))),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        try
        {
            await run.RunAsync(cancellationToken);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Say.Note("Stopped.");
            return 130;
        }
        catch (Exception problem) when (problem is CheckpointException or EngineOptionsException or IOException or ArgumentException or UnauthorizedAccessException)
        {
            Say.Problem(problem.Message);
            return 1;
        }
    }

    private static Option<int[]> Numbers(string name, string description, int[] fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback, AllowMultipleArgumentsPerToken = true };

    private static void RequireAtLeast(int least, OptionResult result, string name, int[] values)
    {
        if (values.Length == 0 || values.Any(value => value < least))
            result.AddError($"{name} must be {least} or more.");
    }
}
