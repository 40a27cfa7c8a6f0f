using Platform.Cli.Bench;
using Platform.Engine;

namespace Benchmarks.Peers;

/// <summary>
/// Paired rounds of this engine and of others whose programs exist already, on equal weights: ours, theirs, ours, theirs, with the read
/// bandwidth taken beside each. What was not measured in pairs gets no ratio.
/// </summary>
internal static class PeerComparison
{
    private const string Ours = "platform";

    /// <summary>The options, for the usage line.</summary>
    public const string Usage =
        "--shape NAME|FOLDER --data FOLDER --cases decode:1,decode:8@4096,prefill:512,start --gguf FILE [--llama FOLDER] [--ik FOLDER] " +
        "[--llama-deep PROGRAM] [--ik-deep PROGRAM] [--threads 2] [--rounds 5] [--weights W] [--compute C] [--kv K]";

    /// <param name="args">As <see cref="Usage"/> says.</param>
    public static void Run(string[] args)
    {
        var options = new NamedArguments(
            args, "shape", "data", "cases", "gguf", "llama", "ik", "llama-deep", "ik-deep", "threads", "rounds", "weights", "compute", "kv", "raw");
        RunAsync(options).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(NamedArguments options)
    {
        var cases = options.Get("cases").Split(',').Select(PeerCase.Parse).ToList();
        var rounds = options.Number("rounds", 5);
        var model = OurStart.ModelOptions(options);
        var checkpoint = BenchCheckpoint.Ensure(options.Get("shape"), options.Get("data", "."), Console.Error.WriteLine, CancellationToken.None);
        using var probe = new CeilingProbe(model.Threads);
        var peak = Peaks.Of(model, probe.Measure(CancellationToken.None)).PerSecond;
        await using var ours = new OurEngine(checkpoint, model);
        Console.WriteLine(
            $"{checkpoint.Name}: weights {FormatNames.Weights(model)}, compute {FormatNames.Compute(model)}, keys and values {FormatNames.Kv(model)}, " +
            $"{model.Threads} threads, {ours.Loaded.Model.NumericsId}; peers read {Path.GetFileName(options.Find("gguf"))}");
        foreach (var measured in cases)
            await RunCaseAsync(measured, rounds, options, model, checkpoint, ours, probe, peak);
    }

    private static async Task RunCaseAsync(
        PeerCase measured, int rounds, NamedArguments options, TextModelOptions model, BenchCheckpoint checkpoint, OurEngine ours, CeilingProbe probe, double peak)
    {
        var results = new PeerResults(measured);
        var peers = Peers(measured, options, model.Threads);
        var failed = new HashSet<PeerProgram>();
        for (var round = 0; round < rounds; round++)
        {
            var bandwidth = probe.ReadNow();
            var sample = measured.Kind == PeerCase.Start ? OurStart.Measure(checkpoint, options) : await ours.MeasureAsync(measured);
            bandwidth = Math.Max(bandwidth, probe.ReadNow());
            results.Bandwidth.Add(bandwidth);
            results.Add(Ours, sample);
            if (measured.Kind != PeerCase.Start)
                results.Shares.Add(ours.Cost(measured).Seconds(bandwidth, peak) / (TokensOf(measured) / sample.Value));
            foreach (var peer in peers.Where(peer => !failed.Contains(peer)))
                Measure(peer, measured, results, failed);
        }

        foreach (var line in results.Lines(Ours))
            Console.WriteLine(line);
        foreach (var peer in peers)
            Console.WriteLine($"  {peer.Name}: {(failed.Contains(peer) ? "not measured" : $"commit {peer.Commit ?? "not told"}")}");
        if (options.Find("raw") is { } file)
            File.AppendAllLines(file, [$"# {measured.Name}", .. results.Raw]);
    }

    private static void Measure(PeerProgram peer, PeerCase measured, PeerResults results, HashSet<PeerProgram> failed)
    {
        try
        {
            results.Add(peer.Name, peer.Measure(measured));
        }
        catch (Exception problem) when (problem is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            failed.Add(peer);
            Console.WriteLine($"  {peer.Name}: {problem.Message}");
        }
    }

    /// <summary>Each peer; at long contexts with both settings of its flash attention, so that its better one can be taken.</summary>
    private static List<PeerProgram> Peers(PeerCase measured, NamedArguments options, int threads)
    {
        List<PeerProgram> peers = [];
        foreach (var name in (string[])["llama", "ik"])
        {
            if (options.Find(name) is not { } folder)
                continue;
            int?[] settings = measured is { Kind: PeerCase.Decode, Tokens: > 0 } ? [0, 1] : [null];
            peers.AddRange(settings.Select(flash => new PeerProgram(
                flash is null ? name : $"{name} fa{flash}", Path.GetFullPath(folder), Path.GetFullPath(options.Get("gguf")), threads, flash, FullPath(options.Find($"{name}-deep")))));
        }

        return peers;
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private static double TokensOf(PeerCase measured) => measured.Kind == PeerCase.Prefill ? measured.Tokens : measured.Batch;
}
