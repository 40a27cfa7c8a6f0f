using System.CommandLine;
using Platform.Cli.Verify;
using Spectre.Console;

namespace Platform.Cli.Commands;

/// <summary><c>platform verify</c>: runs golden data of any form against this build and shows one row per tensor or case.</summary>
internal static class VerifyCommand
{
    private const string Description = """
        Compares this build with reference outputs. Give it a folder of tensors (config.json, model.safetensors, golden.safetensors), an
        image-preprocess, picture-decode, unit-ops or end-to-end folder, TOKENIZER.json CASES.jsonl, or one CHAT.jsonl or OUTPUT.jsonl.
        Exits with 1 if a row fails.
        """;

    public static Command Create()
    {
        var paths = new Argument<string[]>("path") { Description = "Golden folder or files.", Arity = new ArgumentArity(1, 2) };
        var golden = new Option<string?>("--golden") { Description = "Another golden file for the same checkpoint folder." };
        var kernels = new Option<string>("--kernels")
        {
            Description = "auto (vector kernels), reference (scalar kernels), bf16 (BF16 compute: printed, not judged).",
            DefaultValueFactory = _ => "auto",
        };
        kernels.AcceptOnlyFromAmong("auto", "reference", "bf16");
        var failures = new Option<bool>("--failures") { Description = "Show only rows that fail." };

        var command = new Command("verify", Description) { paths, golden, kernels, failures };
        command.SetAction(result => Run(
            GoldenForm.Recognise(result.GetRequiredValue(paths), result.GetValue(golden), result.GetRequiredValue(kernels)),
            result.GetValue(failures)));
        return command;
    }

    private static int Run(GoldenForm form, bool onlyFailures)
    {
        if (form.Problem is { } problem)
        {
            Say.Problem(problem);
            return 2;
        }

        var rows = form.Run();
        AnsiConsole.Write(GoldenTable.Render(form.Title, onlyFailures ? [.. rows.Where(row => row.Fails)] : rows));
        AnsiConsole.MarkupLine(GoldenTable.Summary(rows));
        return Verification.Succeeds(rows) ? 0 : 1;
    }
}
