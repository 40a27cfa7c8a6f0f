using System.Globalization;
using System.Text.Json;

namespace Benchmarks.Peers;

/// <summary>Another engine's benchmark programs, already built, run one measurement at a time.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Folder">Where llama-bench and llama-batched-bench are.</param>
/// <param name="File">The GGUF file.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="FlashAttention">Its switch: 0, 1, or null for the program's default.</param>
/// <param name="Deep">A program that decodes at a context which it fills itself, or null: llama-bench then prefills it, which takes long.</param>
internal sealed record PeerProgram(string Name, string Folder, string File, int Threads, int? FlashAttention, string? Deep)
{
    private const int Steps = 16;
    private const int ShortPrompt = 16;

    private static readonly Dictionary<string, string> Commits = [];

    /// <summary>The commit that the folder's llama-bench says it was built from, once it was asked.</summary>
    public string? Commit => Commits.GetValueOrDefault(Folder);

    /// <summary>Runs one measurement.</summary>
    public PeerSample Measure(PeerCase measured) => measured switch
    {
        { Kind: PeerCase.Start } => MeasureStart(),
        { Kind: PeerCase.Prefill } => Bench("-p", Text(measured.Tokens), "-n", "0"),
        { Tokens: > 0, Batch: 1 } when Deep is not null => MeasureDeep(measured.Tokens),
        { Batch: 1, Tokens: 0 } => Bench("-p", "0", "-n", Text(Steps)),
        { Batch: 1 } => Bench("-p", "0", "-n", Text(Steps), "-d", Text(measured.Tokens)),
        _ => MeasureBatch(measured.Batch, Math.Max(measured.Tokens, ShortPrompt)),
    };

    /// <summary>The rate in a table line of llama-batched-bench: the eighth column, tokens generated a second.</summary>
    internal static double BatchRate(string line) => double.Parse(line.Split('|', StringSplitOptions.TrimEntries)[8], CultureInfo.InvariantCulture);

    private PeerSample Bench(params string[] what)
    {
        var run = ChildProcess.Run(
            Path.Combine(Folder, "llama-bench"),
            ["-m", File, "-t", Text(Threads), "-r", "1", "-o", "json", .. what, .. FlashAttention is { } flash ? (string[])["-fa", Text(flash)] : []]);
        using var json = JsonDocument.Parse(run.Output[run.Output.IndexOf('[', StringComparison.Ordinal)..]);
        var test = json.RootElement[0];
        Commits[Folder] = test.GetProperty("build_commit").GetString() ?? "not told";
        var rate = test.GetProperty("avg_ts").GetDouble();
        return new PeerSample(rate, run.PeakBytes, $"{run.Command}: avg_ts {Text(rate)}, build {Commit}");
    }

    private PeerSample MeasureBatch(int batch, int prompt)
    {
        var context = batch * (prompt + Steps + 8);
        var run = ChildProcess.Run(
            Path.Combine(Folder, "llama-batched-bench"),
            [
                "-m", File, "-t", Text(Threads), "-c", Text(Math.Max(2048, context)), "-b", "2048", "-ub", "512",
                "-npp", Text(prompt), "-ntg", Text(Steps), "-npl", Text(batch),
                .. FlashAttention switch { 1 => (string[])["-fa", "on"], 0 => ["-fa", "off"], _ => [] },
            ]);
        var line = run.Output.Split('\n').Last(text => text.StartsWith('|') && text.Split('|').Length > 9 && char.IsDigit(text.TrimEnd(' ', '|', '\r')[^1]));
        return new PeerSample(BatchRate(line), run.PeakBytes, $"{run.Command}: {line.Trim()}");
    }

    private PeerSample MeasureDeep(int context)
    {
        var run = ChildProcess.Run(Deep!, [File, Text(Threads), Text(context), Text(Steps), Text(FlashAttention ?? 0)]);
        var line = run.Output.Split('\n').Last(text => text.Contains("tok/s", StringComparison.Ordinal)).Trim();
        return new PeerSample(double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture), run.PeakBytes, $"{run.Command}: {line}");
    }

    private PeerSample MeasureStart()
    {
        var run = ChildProcess.Run(
            Path.Combine(Folder, "llama-bench"),
            ["-m", File, "-t", Text(Threads), "-r", "1", "-o", "json", "-p", Text(ShortPrompt), "-n", "0", .. Name.StartsWith("ik", StringComparison.Ordinal) ? (string[])["-w", "0"] : ["--no-warmup"]]);
        return new PeerSample(run.Seconds, run.PeakBytes, $"{run.Command}: {Text(run.Seconds)} s, peak {run.PeakBytes >> 20} MiB");
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
