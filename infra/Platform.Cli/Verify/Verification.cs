namespace Platform.Cli.Verify;

/// <summary>The verdict over all rows.</summary>
public static class Verification
{
    /// <summary>No row fails, and at least one was judged or printed: a folder that holds nothing known does not pass.</summary>
    public static bool Succeeds(IReadOnlyList<GoldenRow> rows) =>
        !rows.Any(row => row.Fails) && rows.Any(row => row.Verdict is GoldenVerdict.Passed or GoldenVerdict.NotJudged);

    /// <summary>Runs whatever golden form the paths are.</summary>
    /// <param name="paths">A folder, a .jsonl file, or a tokenizer.json and its cases.</param>
    /// <param name="goldenFile">Another golden file for a checkpoint folder, or null.</param>
    /// <param name="kernels">auto, reference or bf16.</param>
    /// <exception cref="ArgumentException">The paths are no golden form.</exception>
    public static IReadOnlyList<GoldenRow> Run(IReadOnlyList<string> paths, string? goldenFile = null, string kernels = "auto")
    {
        var form = GoldenForm.Recognise(paths, goldenFile, kernels);
        return form.Problem is { } problem ? throw new ArgumentException(problem, nameof(paths)) : form.Run();
    }
}
